"""How much of a text phones show while they are locked: numbers to write by, kept in this one place.

Looked up on 28 November 2026. No maker promises a number, it depends on screen and size of letters; these are what
those who send many have measured:
- Braze, "Push message and image formats": lock screen of Android 49 characters, of iOS 160 (a banner: 80).
  https://www.braze.com/docs/user_guide/message_building_by_channel/push/best_practices/message_format
- Batch, "What is the optimal length for every iOS/Android push notification?": Android one line of about 50, iOS up to
  180 on four lines; 120 to 140 are advised for the text.
  https://doc.batch.com/guides-and-best-practices/message/push-notifications
- Alibaba Cloud, "Message content restrictions": titles are cut after 40 characters on iOS and by some Android makers,
  after 50 by others. https://www.alibabacloud.com/help/en/mobile-platform-as-a-service/latest/message-conent-restrictions
"""

from dataclasses import dataclass

ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Phone:
    """What one kind of phone shows, in characters. ``folded``: while several notifications share the screen."""

    title: int
    body: int
    folded: int


ANDROID = Phone(title=50, body=120, folded=49)
IPHONE = Phone(title=40, body=160, folded=80)
# What every phone shows; beyond it some cut.
TITLE_SHOWN = min(ANDROID.title, IPHONE.title)
BODY_SHOWN = min(ANDROID.body, IPHONE.body)


def cut(text: str, most: int) -> str:
    """The text as a phone shows it: whole, or ended by an ellipsis within ``most`` characters."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + ELLIPSIS
