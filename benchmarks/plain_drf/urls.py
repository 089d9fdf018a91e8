"""One address: the feed's actions."""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import path
from django.utils import timezone
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.models import Action
from campaigns.reading import DETAILS, KIND_TABLES, action_context
from campaigns.serializers.action import ActionOutput

RECENT = timedelta(days=7)


class FeedView(ListAPIView[Action]):
    """As good as a plain one gets: all that is shown is read in a number of queries that does not grow."""

    serializer_class = ActionOutput

    def get_queryset(self) -> QuerySet[Action]:
        """What our feed shows."""
        recent = Action.objects.public().filter(ends_at__gt=timezone.now() - RECENT)
        return recent.select_related("campaign", "successor", *KIND_TABLES).prefetch_related(*DETAILS)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Reads and renders all of it."""
        actions = list(self.get_queryset())
        context = {**self.get_serializer_context(), **action_context(actions, timezone.now())}
        return Response(ActionOutput(actions, many=True, context=context).data)


urlpatterns = [path("api/v1/feed", FeedView.as_view())]
