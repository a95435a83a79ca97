"""Takes README's picture of an issue; needs `pip install playwright pillow` and a Chromium."""

import io
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

HERE = Path(__file__).parent
HEIGHT = 1000
NEWSLETTER = (sys.executable, "-m", "newsletter")
# language, width, colour scheme
VIEWS = (("zh", 360, "light"), ("en", 360, "dark"), ("en", 700, "light"), ("zh", 700, "dark"))


def page(folder: Path, language: str) -> Path:
    """The bundled day, as a reader of that language gets it."""
    file = folder / f"{language}.html"
    subprocess.run(  # noqa: S603 - our own command
        [*NEWSLETTER, "preview", "--config", "demo/newsletter.toml", "-o", str(file)],
        cwd=folder,
        env={
            "NEWSLETTER_NEWSLETTERS__0__LANGUAGE": language,
            "NEWSLETTER_NEWSLETTERS__0__SLUG": language,
            "NEWSLETTER_NEWSLETTERS__0__TITLE": {"en": "Audio & Signals", "zh": "音频"}[language],
        },
        check=True,
    )
    return file


def shot(browser: Browser, file: Path, width: int, scheme: str) -> Image.Image:
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHT}, color_scheme=scheme, device_scale_factor=1.5
    )
    opened = context.new_page()
    opened.goto(file.as_uri())
    taken = Image.open(io.BytesIO(opened.screenshot()))
    context.close()
    return taken


def main() -> None:
    folder = Path(tempfile.mkdtemp())
    subprocess.run([*NEWSLETTER, "demo", "demo"], cwd=folder, check=True)  # noqa: S603 - our own command
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        taken = [
            shot(browser, page(folder, language), width, scheme)
            for language, width, scheme in VIEWS
        ]
        browser.close()
    gap = 24
    whole = Image.new(
        "RGB", (sum(each.width + gap for each in taken) + gap, taken[0].height + 2 * gap), "#b9b9b9"
    )
    left = gap
    for each in taken:
        whole.paste(each, (left, gap))
        left += each.width + gap
    reduced = whole.convert("P", palette=Image.Palette.ADAPTIVE, colors=256)
    reduced.save(HERE / "issue.png", optimize=True)


if __name__ == "__main__":
    main()
