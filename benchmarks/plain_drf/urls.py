"""One address: the feed's actions."""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import path
from django.utils import timezone
from rest_framework.generics import ListAPIView

from campaigns.models import Action
from campaigns.reading import DETAILS, KIND_TABLES
from campaigns.serializers.action import ActionOutput

RECENT = timedelta(days=7)


class FeedView(ListAPIView[Action]):
    """As good as a plain one gets: all that is shown is read in a number of queries that does not grow."""

    serializer_class = ActionOutput

    def get_queryset(self) -> QuerySet[Action]:
        """What our feed shows."""
        recent = Action.objects.public().filter(ends_at__gt=timezone.now() - RECENT)
        return recent.select_related("campaign", "successor", *KIND_TABLES).prefetch_related(*DETAILS)

    def get_serializer_context(self) -> dict[str, Any]:
        """The moment at which hashtags are revealed or not."""
        return {**super().get_serializer_context(), "now": timezone.now()}


urlpatterns = [path("api/v1/feed", FeedView.as_view())]
