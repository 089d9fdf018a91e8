"""The organisers' second factors when the field keys change: allauth keeps them in a JSON column of its own."""

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.db import transaction

from accounts.adapter import is_current
from mobilise.fields import UndecryptableValue
from mobilise.fields.rotation import Progress

# What allauth encrypts: the secret of a TOTP app, the seed of recovery codes. Passkeys have only public keys.
SECRET_ENTRIES = ("secret", "seed")


def reencrypt_second_factors() -> Progress:
    """Encrypts the secrets of all second factors with the first key. One that does not open is left as it is."""
    progress = Progress()
    for pk in Authenticator.objects.values_list("pk", flat=True):
        with transaction.atomic():
            factor = Authenticator.objects.select_for_update().filter(pk=pk).first()
            if factor is not None:
                _renew(factor, progress)
    return progress


def _renew(factor: Authenticator, progress: Progress) -> None:
    stale = [name for name in SECRET_ENTRIES if name in factor.data and not is_current(factor.data[name])]
    if not stale:
        progress.current += 1
        return
    try:
        renewed = {name: get_adapter().encrypt(get_adapter().decrypt(factor.data[name])) for name in stale}
    except UndecryptableValue:
        progress.unreadable += 1
        return
    factor.data = {**factor.data, **renewed}
    factor.save(update_fields=["data"])
    progress.renewed += 1
