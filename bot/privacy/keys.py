"""From one root secret: pseudonyms, and one key per person that can be thrown away.

A pseudonym is HMAC-SHA256(derived key, channel and address). Whatever must be stored for a reply is
sealed with AES-256-GCM under a random key of that person, which itself is sealed under a key
derived from the root. Deleting the person's row therefore makes every copy of her sealed text
unreadable for whoever lacks that row.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE = 12


class Unreadable(ValueError):
    """A sealed value does not open: wrong key, or it was changed."""


def _derive(root: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=f"comadre/1/{purpose}".encode()).derive(root)


def seal(key: bytes, value: Any) -> bytes:
    """`value` (JSON) under `key`: nonce and ciphertext."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, json.dumps(value).encode(), None)


def unseal(key: bytes, sealed: bytes) -> Any:
    """The reverse of `seal`; raises Unreadable."""
    try:
        return json.loads(AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], None))
    except (InvalidTag, ValueError) as error:
        raise Unreadable("a sealed value does not open with this key") from error


class Keys:
    """Everything that is derived from the root secret."""

    def __init__(self, root: bytes) -> None:
        self._pseudonym = _derive(root, "pseudonym")
        self._message = _derive(root, "message id")
        self._wrap = _derive(root, "person key")
        self.counts = _derive(root, "counts")  # what is counted until a month is published

    def pseudonym(self, channel: str, address: str) -> str:
        """Who this is, for everyone but the gateway: 32 characters, never reversible."""
        return self._digest(self._pseudonym, f"{channel}\0{address}")

    def address_of(self, pseudonym: str, channel: str, key: bytes, sealed: bytes) -> str:
        """The address, sealed with the person's `key`; raises Unreadable where it is not the one
        that the pseudonym was made of: whoever writes in the database cannot lead replies away."""
        address = str(unseal(key, sealed))
        if not hmac.compare_digest(self.pseudonym(channel, address), pseudonym):
            raise Unreadable("the address is another person's")
        return address

    def message_mark(self, channel: str, message_id: str) -> str:
        """By what a repeated delivery is known; the vendor's own id is not kept."""
        return self._digest(self._message, f"{channel}\0{message_id}")

    @staticmethod
    def _digest(key: bytes, text: str) -> str:
        mac = hmac.new(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()
        return base64.b32encode(mac[:20]).decode().lower()

    def new_person_key(self) -> tuple[bytes, bytes]:
        """A fresh key, plain and wrapped for storing."""
        key = os.urandom(32)
        return key, seal(self._wrap, key.hex())

    def rewrapped(self, wrapped: bytes, old: Keys) -> bytes:
        """A person's key, wrapped by `old`, wrapped anew; raises Unreadable."""
        return seal(self._wrap, unseal(old._wrap, wrapped))

    def sealed_pseudonym_key(self) -> bytes:
        """For a later root: with it the pseudonyms of people who said STOP are still known."""
        return seal(self._wrap, self._pseudonym.hex())

    def former_pseudonym(self, sealed: bytes, channel: str, address: str) -> str:
        """Who this was under a former root, whose pseudonym key was sealed by `rewrapped`."""
        key = bytes.fromhex(unseal(self._wrap, sealed))
        return self._digest(key, f"{channel}\0{address}")

    def seal_ours(self, value: Any) -> bytes:
        """What must outlive her row (what a vendor has to delete): under the root secret alone."""
        return seal(self._wrap, value)

    def open_ours(self, sealed: bytes) -> Any:
        """The reverse; raises Unreadable."""
        return unseal(self._wrap, sealed)

    def open_person_key(self, wrapped: bytes) -> bytes:
        """The plain key from its wrapped form; raises Unreadable."""
        return bytes.fromhex(unseal(self._wrap, wrapped))
