"""Pictures that organisers upload, in the database: every machine has them, and so has every backup."""

from collections.abc import Collection
from uuid import uuid4

from django.db import models, transaction
from django.db.models import Q

from accounts.models import Device
from campaigns.models.action import Action
from campaigns.models.action_parts import Gathering, Medium
from campaigns.pictures import Encoded

Owner = Gathering | Medium


class PictureQuerySet(models.QuerySet["Picture"]):
    """Keeping, and who may see."""

    def described(self) -> "PictureQuerySet":
        """Without the bytes: for all that only says that there is a picture."""
        return self.defer("content")

    def public(self) -> "PictureQuerySet":
        """Those of public actions."""
        return self.filter(action__in=Action.objects.public())

    def visible_to(self, device: Device | None, links: Collection[str] = ()) -> "PictureQuerySet":
        """Those of actions that this device, or whoever has these links, may see."""
        return self.filter(action__in=Action.objects.visible_to(device, links))

    def of(self, owner: Owner) -> "PictureQuerySet":
        """The one of this row, if there is one."""
        return self.filter(**{_column_of(owner): owner})

    @transaction.atomic
    def keep(self, owner: Owner, encoded: Encoded) -> "Picture":
        """In place of what was there, under a new address: the old one shows the old picture to nobody."""
        self.of(owner).delete()
        size = {"width": encoded.width, "height": encoded.height}
        return self.create(action_id=owner.action_id, content=encoded.content, **size, **{_column_of(owner): owner})

    def copy(self, original: Owner, owner: Owner) -> None:
        """Gives ``owner`` the picture of ``original``, if it has one."""
        for picture in self.of(original):
            self.keep(owner, Encoded(picture.read(), picture.width, picture.height))


class Picture(models.Model):
    """The picture of one gathering or of one medium; what it shows in words is its owner's. It goes with its owner."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="pictures")
    gathering = models.OneToOneField(Gathering, on_delete=models.CASCADE, null=True, related_name="picture")
    medium = models.OneToOneField(Medium, on_delete=models.CASCADE, null=True, related_name="picture")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    content = models.BinaryField()

    objects = PictureQuerySet.as_manager()

    class Meta:
        """Of one thing."""

        constraints = [
            models.CheckConstraint(
                condition=Q(gathering__isnull=False, medium__isnull=True)
                | Q(gathering__isnull=True, medium__isnull=False),
                name="picture_of_one_thing",
            )
        ]

    @property
    def path(self) -> str:
        """Where it is read."""
        return f"/api/v1/pictures/{self.uuid}"

    def read(self) -> bytes:
        """Its bytes."""
        return bytes(self.content)


def _column_of(owner: Owner) -> str:
    return "gathering" if isinstance(owner, Gathering) else "medium"
