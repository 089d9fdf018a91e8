"""What an organiser may see and change: their role in the campaign decides, not Django's table of permissions."""

from django.http import HttpRequest

from accounts.models import User
from campaigns.models import Action, Campaign, Membership, Role

CACHE_ATTRIBUTE = "_roles_by_campaign"


def organiser_of(request: HttpRequest) -> User:
    """Who is asking. The site lets in nobody but organisers."""
    assert isinstance(request.user, User)  # noqa: S101  # for the type checker: AdminSite.has_permission asked before
    return request.user


def roles_of(request: HttpRequest) -> dict[int, Role]:
    """{campaign id: role} of the organiser, read once per request."""
    roles: dict[int, Role] | None = getattr(request, CACHE_ATTRIBUTE, None)
    if roles is None:
        rows = Membership.objects.filter(user=organiser_of(request)).values_list("campaign_id", "role")
        roles = {campaign: Role(role) for campaign, role in rows}
        setattr(request, CACHE_ATTRIBUTE, roles)
    return roles


def forget_roles(request: HttpRequest) -> None:
    """After a change of roles in this very request."""
    if hasattr(request, CACHE_ATTRIBUTE):
        delattr(request, CACHE_ATTRIBUTE)


def has_role(request: HttpRequest, campaign_id: int | None) -> bool:
    """Whether the organiser works in this campaign; None: in any."""
    return bool(roles_of(request)) if campaign_id is None else campaign_id in roles_of(request)


def owns(request: HttpRequest, campaign: Campaign | None) -> bool:
    """Whether the organiser answers for this campaign."""
    return campaign is not None and roles_of(request).get(campaign.pk) == Role.OWNER


def membership_of(request: HttpRequest, action: Action) -> Membership | None:
    """The organiser's membership in the action's campaign."""
    return Membership.objects.filter(user=organiser_of(request), campaign_id=action.campaign_id).first()
