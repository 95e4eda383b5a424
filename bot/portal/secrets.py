"""What the portal derives from the root secret: marks, seals, form tokens, signed links."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from itsdangerous import BadSignature, URLSafeTimedSerializer

from bot.privacy import keys

LINK_DAYS = 30
_BARE = "$argon2"
_HASHER = PasswordHasher()  # argon2id with the parameters of RFC 9106, low memory
_NOBODY = _HASHER.hash("nobody")  # a sign-in of nobody takes as long as one of somebody


class Secrets:
    """One per process."""

    def __init__(self, root: bytes) -> None:
        self._mark, self._seal, self._form, link = (
            HKDF(SHA256(), 32, salt=None, info=f"comadre/1/portal {use}".encode()).derive(root)
            for use in ("mark", "seal", "form", "link")
        )
        self._links = URLSafeTimedSerializer(link, salt="still true")

    def mark(self, kind: str, text: str) -> str:
        """By what a mail or address is found again without being kept."""
        return hmac.new(self._mark, f"{kind}\0{text}".encode(), hashlib.sha256).hexdigest()

    def seal(self, value: Any) -> bytes:
        """JSON that only this installation can read."""
        return keys.seal(self._seal, value)

    def unseal(self, sealed: bytes) -> Any:
        """The reverse of `seal`; raises keys.Unreadable."""
        return keys.unseal(self._seal, sealed)

    def hash_password(self, password: str) -> str:
        """As it is kept: hashed, then sealed, so that a stolen database has nothing to guess
        against without the root secret, which is not in it."""
        return self.seal_hash(hash_password(password))

    def seal_hash(self, hashed: str) -> str:
        """The hash, as it is kept."""
        return base64.b64encode(self.seal(hashed)).decode()

    @staticmethod
    def is_bare(kept: str | None) -> bool:
        """Whether it is a hash of before they were sealed."""
        return kept is not None and kept.startswith(_BARE)

    def open_hash(self, kept: str | None) -> str | None:
        """The hash; those of before they were sealed are taken as they are."""
        if kept is None or self.is_bare(kept):
            return kept
        try:
            return str(self.unseal(base64.b64decode(kept)))
        except ValueError as error:  # no base64
            raise keys.Unreadable("a password's hash cannot be read") from error

    def is_password(self, kept: str | None, password: str) -> bool:
        """Whether it is the one; takes equally long where there is none."""
        try:
            hashed = self.open_hash(kept)
        except keys.Unreadable:  # of another root secret
            hashed = None
        return _is_password(hashed, password)

    def form_token(self, cookie: str) -> str:
        """What every form of whoever holds the cookie must bring along (against forged forms)."""
        return hmac.new(self._form, cookie.encode(), hashlib.sha256).hexdigest()

    def is_form_token(self, cookie: str, token: str) -> bool:
        return hmac.compare_digest(self.form_token(cookie).encode(), token.encode())

    def sign(self, value: Any) -> str:
        """For a link that works without signing in."""
        return str(self._links.dumps(value))

    def read_signed(self, text: str) -> Any:
        """What was signed; None where it was changed or is older than LINK_DAYS."""
        try:
            return self._links.loads(text, max_age=LINK_DAYS * 86_400)
        except BadSignature:
            return None


def new_token() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    """What is kept of a token; it is random, so one round is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def hash_password(password: str) -> str:
    """Slow to guess."""
    return _HASHER.hash(password)


def _is_password(stored: str | None, password: str) -> bool:
    try:
        return _HASHER.verify(stored or _NOBODY, password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False
