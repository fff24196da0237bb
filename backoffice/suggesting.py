"""What a box offers while one types: sellers, orders and brands, by what people know of them.

The same look-ups as the palette's, so they are answered by indexes, and only of what this person may
open. What is offered is no check: the form still asks whether there is such a thing.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.http import require_GET

from backoffice.finding import WORDS_MAX, ways_for
from marketplace.catalog.models import Brand

OFFERED_MAX = 8

# What the box takes, and what stands beside it.
type Offer = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Suggestion:
    permission: str
    find: Callable[[str], Iterator[Offer]]


def _by_reference_or_name(model: str) -> Callable[[str], Iterator[Offer]]:
    """The box takes references; people know names."""

    def find(words: str) -> Iterator[Offer]:
        for way in ways_for(words):
            if way.model != model:
                continue
            for _way, _thing, shown, beside in way.rows(words):
                if way.title == "reference":
                    yield shown, beside if way.note == "buyer__name" else ""
                elif way.note == "reference":
                    yield beside, shown

    return find


def _brands(words: str) -> Iterator[Offer]:
    names = Brand.objects.filter(name__istartswith=words).order_by("name")
    return ((name, "") for name in names.values_list("name", flat=True)[:OFFERED_MAX])


SUGGESTIONS = {
    "brand": Suggestion("catalog.view_brand", _brands),
    "order": Suggestion("orders.view_order", _by_reference_or_name("orders.order")),
    "seller": Suggestion("sellers.view_seller", _by_reference_or_name("sellers.seller")),
}


@require_GET
def suggest(request: HttpRequest, kind: str) -> JsonResponse:
    suggestion = SUGGESTIONS.get(kind)
    if suggestion is None:
        raise Http404
    if not request.user.has_perm(suggestion.permission):
        raise PermissionDenied
    words = " ".join(request.GET.get("q", "").split())
    fits = 0 < len(words) <= WORDS_MAX
    offers = list(dict.fromkeys(suggestion.find(words)))[:OFFERED_MAX] if fits else []
    return JsonResponse({"offers": offers})
