"""A page that shows how many agents of a center are there."""

import json
from urllib.request import Request, urlopen

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path

TOKEN = "/oauth/client_credential/accesstoken?grant_type=client_credentials"


def page(request: HttpRequest) -> HttpResponse:
    form = f"client_id={settings.KPN_CLIENT_ID}&client_secret={settings.KPN_CLIENT_SECRET}".encode()
    with urlopen(settings.KPN_URL + TOKEN, form, timeout=10) as answer:
        token = json.load(answer)["access_token"]
    asked = Request(settings.KPN_URL + "/agents", headers={"Authorization": f"Bearer {token}"})
    with urlopen(asked, timeout=10) as answer:
        agents = json.load(answer)["DataSet"]["agents"]
    return HttpResponse(f"<p id=agents>{len(agents)} agents</p>")


urlpatterns = [path("", page)]
