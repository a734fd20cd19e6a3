"""Write Safehand's own vectors anew: `python -m tests.vectors.safehand.generate`."""

import json
from pathlib import Path
from typing import Any

from tests.support.lies.scene import Scene
from tests.vectors.safehand.encodings import encodings
from tests.vectors.safehand.releases import release_defects, release_file
from tests.vectors.safehand.sections import section_defects, section_file

FOLDER = Path(__file__).parent


def main() -> None:
    scene = Scene()
    section, release = section_file(), release_file(scene)
    _write("encodings", encodings())
    _write("section", section)
    _write("section-defects", section_defects(section))
    _write("release", release)
    _write("release-defects", release_defects(release, scene))


def _write(name: str, content: dict[str, Any]) -> None:
    text = json.dumps(content, indent=1, ensure_ascii=False)
    (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
