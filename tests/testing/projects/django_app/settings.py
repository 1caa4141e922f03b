"""A Django project with one page and the address of the center."""

SECRET_KEY = "of a test"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "urls"
STATIC_URL = "/static/"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
INSTALLED_APPS: list[str] = []
USE_TZ = True
KPN_URL = KPN_CLIENT_ID = KPN_CLIENT_SECRET = ""
