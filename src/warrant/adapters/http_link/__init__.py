"""The link to a peer over HTTP."""

from warrant.adapters.http_link.link import HttpLink, http_link

__all__ = ["HttpLink", "http_link"]
