"""Readers and cards over PC/SC.

The plain functions of the daemon are used rather than pyscard's objects: those keep threads and a context of their
own alive and complain at exit when the daemon has gone first.

Source: PC/SC specification part 5 (resource manager); pcsc-lite's API.
"""

from __future__ import annotations

from typing import Any, Final

from smartcard import scard

from warrant.core.errors import N_, Unavailable

_ABSENT: Final = (scard.SCARD_E_NO_SMARTCARD, scard.SCARD_W_REMOVED_CARD)
_NO_SERVICE: Final = (scard.SCARD_E_NO_SERVICE, scard.SCARD_E_SERVICE_STOPPED)
_NO_READER: Final = (scard.SCARD_E_UNKNOWN_READER, scard.SCARD_E_READER_UNAVAILABLE)


def _refused(result: int) -> Unavailable:
    """The error for a result of the daemon while no card is open yet."""
    if result in _ABSENT:
        return Unavailable("card-absent", N_("读卡器中没有卡"), place="reader")
    if result == scard.SCARD_E_SHARING_VIOLATION:
        return Unavailable("card-in-use", N_("卡片正被另一个程序使用"), place="reader")
    if result in _NO_SERVICE:
        return Unavailable("pcsc-unavailable", N_("读卡服务未运行"), place="reader")
    if result in _NO_READER:
        return Unavailable("reader-absent", N_("读卡器未连接"), place="reader")
    return Unavailable(
        "card-unresponsive",
        N_("卡片没有应答，请重新插卡（%(reason)s）"),
        place="reader",
        reason=str(scard.SCardGetErrorMessage(result)),
    )


class _Context:
    """A session with the daemon, closed by ``with``."""

    def __enter__(self) -> Any:
        result, self._handle = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
        if result != scard.SCARD_S_SUCCESS:
            raise _refused(result)
        return self._handle

    def __exit__(self, *_failure: object) -> None:
        scard.SCardReleaseContext(self._handle)


def pcsc_readers() -> list[PcscReader]:
    """Return the readers that the daemon knows now, in its order.

    Raises: Unavailable ``pcsc-unavailable``.
    """
    with _Context() as context:
        result, names = scard.SCardListReaders(context, [])
    if result == scard.SCARD_E_NO_READERS_AVAILABLE:
        return []
    if result != scard.SCARD_S_SUCCESS:
        raise _refused(result)
    return [PcscReader(name) for name in names]


class PcscReader:
    """A reader by the name that the daemon gives it."""

    def __init__(self, name: str) -> None:
        self._name = name

    @property
    def name(self) -> str:
        """The daemon's name of the reader."""
        return self._name

    def is_card_present(self) -> bool:
        """Whether a card lies in the reader. Raises: Unavailable ``pcsc-unavailable``, ``reader-absent``."""
        with _Context() as context:
            states = [(self._name, scard.SCARD_STATE_UNAWARE)]
            result, answers = scard.SCardGetStatusChange(context, 0, states)
        if result != scard.SCARD_S_SUCCESS:
            raise _refused(result)
        _, state, _ = answers[0]
        return bool(state & scard.SCARD_STATE_PRESENT)

    def connect(self) -> PcscConnection:
        """Power the card up for us alone.

        Raises: Unavailable ``card-absent``, ``card-in-use``, ``card-unresponsive``, ``reader-absent``,
        ``pcsc-unavailable``.
        """
        return PcscConnection(self._name)


class PcscConnection:
    """An open card."""

    def __init__(self, reader_name: str) -> None:
        self._is_open = False
        result, self._context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
        if result != scard.SCARD_S_SUCCESS:
            raise _refused(result)
        result, self._card, self._protocol = scard.SCardConnect(
            self._context,
            reader_name,
            scard.SCARD_SHARE_EXCLUSIVE,
            scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1,
        )
        if result != scard.SCARD_S_SUCCESS:
            scard.SCardReleaseContext(self._context)
            raise _refused(result)
        self._is_open = True
        self._atr = self._read_atr()

    def _read_atr(self) -> bytes:
        result, _, _, _, atr = scard.SCardStatus(self._card)
        self._demand(result)
        return bytes(atr)

    @property
    def atr(self) -> bytes:
        """Answer to reset."""
        return self._atr

    def transmit(self, apdu: bytes) -> bytes:
        """Send one command. Raises: Unavailable ``card-removed``."""
        self._demand(scard.SCARD_S_SUCCESS)
        is_t0 = self._protocol == scard.SCARD_PROTOCOL_T0
        header = scard.SCARD_PCI_T0 if is_t0 else scard.SCARD_PCI_T1
        result, response = scard.SCardTransmit(self._card, header, list(apdu))
        self._demand(result)
        return bytes(response)

    def reset(self) -> None:
        """Reset the card. Raises: Unavailable ``card-removed``."""
        self._demand(scard.SCARD_S_SUCCESS)
        result, self._protocol = scard.SCardReconnect(
            self._card,
            scard.SCARD_SHARE_EXCLUSIVE,
            scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1,
            scard.SCARD_RESET_CARD,
        )
        self._demand(result)

    def close(self) -> None:
        """Power the card down and give the reader free."""
        if self._is_open:
            self._is_open = False
            scard.SCardDisconnect(self._card, scard.SCARD_UNPOWER_CARD)
            scard.SCardReleaseContext(self._context)

    def _demand(self, result: int) -> None:
        """Whatever went wrong with an open card, this connection is of no use any more."""
        if self._is_open and result == scard.SCARD_S_SUCCESS:
            return
        self.close()
        raise Unavailable("card-removed", N_("卡片已被取出"), place="reader")
