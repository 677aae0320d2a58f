"""The WSGI application. Flask finds it by itself, so `flask …` works from the root of the project."""

from network import create_app
from network.settings import Settings

app = create_app(Settings.from_env())
