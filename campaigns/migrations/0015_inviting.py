"""Campaigns by link, invitations with a label that can be revoked, pictures of links, when an action last changed."""

import django.db.models.deletion
import django.utils.timezone
import mobilise.fields.encrypted
from django.db import migrations, models


def note_uses(apps, schema_editor):
    """Of those made before, what is left is taken for the whole."""
    apps.get_model("campaigns", "Invitation").objects.update(uses=models.F("uses_left"))


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0014_alert_plan'),
    ]

    operations = [
        migrations.AlterField(
            model_name='campaign',
            name='visibility',
            field=models.CharField(choices=[('public', 'public'), ('link', 'by link: listed nowhere, open to whoever has the link'), ('invitation', 'by invitation only')], default='public', max_length=12, verbose_name='visibility'),
        ),
        migrations.AddField(
            model_name='campaign',
            name='link_key',
            field=mobilise.fields.encrypted.EncryptedTextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='campaign',
            name='link_digest',
            field=models.CharField(blank=True, editable=False, max_length=64, null=True, unique=True),
        ),
        migrations.AddField(
            model_name='action',
            name='revised_at',
            field=models.DateTimeField(auto_now=True, default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.AlterModelOptions(
            name='invitation',
            options={'ordering': ('-pk',), 'verbose_name': 'invitation', 'verbose_name_plural': 'invitations'},
        ),
        migrations.AddField(
            model_name='invitation',
            name='label',
            field=models.CharField(blank=True, help_text="For yourselves, for instance “Lille section”. No names.", max_length=60, verbose_name='what for'),
        ),
        migrations.AddField(
            model_name='invitation',
            name='uses',
            field=models.PositiveIntegerField(default=1),
            preserve_default=False,
        ),
        migrations.RunPython(note_uses, migrations.RunPython.noop),
        migrations.AddField(
            model_name='invitation',
            name='revoked',
            field=models.BooleanField(default=False),
        ),
        migrations.CreateModel(
            name='Preview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(max_length=10)),
                ('digest', models.CharField(max_length=16)),
                ('picture', models.BinaryField()),
                ('action', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='previews', to='campaigns.action')),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='previews', to='campaigns.campaign')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('action', 'language'), name='preview_of_action'), models.UniqueConstraint(condition=models.Q(('action__isnull', True)), fields=('campaign', 'language'), name='preview_of_campaign')],
            },
        ),
    ]
