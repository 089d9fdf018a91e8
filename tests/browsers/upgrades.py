"""A site that is upgraded under an open page: each build's files have other names, and those of before are gone."""

import re
from pathlib import Path

from tests.browsers.bad_network import Answer, BadNetwork

PASSING = ("etag", "last-modified", "cache-control")


class UpgradedSite(BadNetwork):
    """Passes on to `origin`, whose built files are in `assets`; `build` is the number in their names."""

    # It would answer in a form that cannot be altered, or that what the phone has is still right.
    withheld = ("accept-encoding", "if-none-match", "if-modified-since")

    def __init__(self, origin: str, assets: Path) -> None:
        names = {file.name for file in assets.iterdir() if file.suffix in (".js", ".css", ".json")}
        self._named = re.compile("|".join(re.escape(name) for name in sorted(names)).encode())
        self.build = 1
        super().__init__(origin)

    def name(self, of: str) -> str:
        """What a built file is called in this build."""
        stem, _, suffix = of.rpartition(".")
        return f"{stem}.build{self.build}.{suffix}"

    def address(self, path: str) -> str:
        """Where the site has it; a file of another build is nowhere."""
        if not path.startswith("/assets/"):
            return path
        found = re.fullmatch(rf"(.+)\.build{self.build}\.(\w+)", path)
        return f"{found[1]}.{found[2]}" if found else "/assets/of-another-build"

    def alter(self, answer: Answer) -> Answer:
        """The same with the names of this build; a browser keeps none of it by itself, as after some weeks."""
        status, headers, body = answer
        body = self._named.sub(lambda found: self.name(found[0].decode()).encode(), body)
        return status, [one for one in headers if one[0].lower() not in PASSING], body
