"""`/fr/privacy/record`: the record of processing and who else processes, for everybody."""

from urllib.parse import urlsplit

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.response import Template

from palier.foundation import language
from palier.foundation.permissions import PUBLIC
from palier.foundation.settings import Settings
from palier.foundation.web import page
from palier.privacy.records import processings, sub_processors


@get([f"/{locale}/privacy/record" for locale in language.LOCALES], opt=PUBLIC, name="privacy record")
async def record(request: Request, settings: NamedDependency[Settings]) -> Template:
    """What is processed, why, about whom, how long; and by whom else."""
    language.use(request.url.path[1:3])
    bucket = urlsplit(settings.files_endpoint or "").hostname or ("S3" if settings.files_url else "")
    return page(
        request, "privacy/record.html", settings=settings, tail="/privacy/record", nav="privacy", processings=processings(),
        others=sub_processors(settings.hosting, mail=bool(settings.smtp_url), bucket=bucket, stripe=bool(settings.stripe_key)),
        page_path=f"/{language.current()}/privacy/record",
    )  # fmt: skip


PAGES = [record]
