"""What is typed at the card centre and by the custodians."""

from warrant.apps.cardcentre.forms.jobs import HandOverForm, ParcelForm, ReasonForm
from warrant.apps.cardcentre.forms.keys import MasterForm, SubKeyForm
from warrant.apps.cardcentre.forms.printing import PrintForm

__all__ = ["HandOverForm", "MasterForm", "ParcelForm", "PrintForm", "ReasonForm", "SubKeyForm"]
