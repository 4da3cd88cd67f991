"""What hangs on the aiohttp application, typed."""

from __future__ import annotations

from aiohttp import web

from hotline.chatbot import Chatbot
from hotline.config import Settings
from hotline.http_client import HttpClient
from hotline.hub import Hub
from hotline.provider_client import ProviderClient

HUB = web.AppKey("HUB", Hub)
SETTINGS = web.AppKey("SETTINGS", Settings)
HTTP_CLIENT = web.AppKey("HTTP_CLIENT", HttpClient)
PROVIDER = web.AppKey("PROVIDER", ProviderClient)
CHATBOT = web.AppKey("CHATBOT", Chatbot)
