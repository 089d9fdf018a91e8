"""Whether this process lives. Whether the house can work is `readyz`, in campaigns/views/watching.py."""

from django.http import HttpRequest, HttpResponse


def healthz(request: HttpRequest) -> HttpResponse:
    """200: the process answers. Asks nothing of anybody else."""
    return HttpResponse("ok\n", content_type="text/plain", headers={"Cache-Control": "no-store"})
