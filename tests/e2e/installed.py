"""How an installed Safehand is run: its command, away from the source tree."""

import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Installed:
    """An installed Safehand, and an empty folder to run it in."""

    bin: Path
    elsewhere: Path

    @property
    def command(self) -> Path:
        """The `safehand` command."""
        return self.bin / "safehand"

    def run(
        self, *arguments: str | Path, stdin: str = "", timeout: float = 120
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end, away from the source tree."""
        return subprocess.run(
            [self.command, *arguments],
            cwd=self.elsewhere,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=timeout,
        )

    def done(self, *arguments: str | Path, stdin: str = "") -> str:
        """Run a command that must succeed; return what it printed on stdout."""
        done = self.run(*arguments, stdin=stdin)
        assert done.returncode == 0, done.stderr
        return done.stdout
