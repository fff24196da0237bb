"""What the catalogue refuses."""

from django.utils.translation import gettext_lazy as _

from marketplace.shared.errors import Conflict, Invalid, NotFound


class CategoryNotFound(NotFound):
    code = "category_not_found"
    message = _("We do not know this category.")
    field = "category"


class BrandNotFound(NotFound):
    code = "brand_not_found"
    message = _("We do not know this brand.")
    field = "brand"


class ProductNotFound(NotFound):
    code = "product_not_found"
    message = _("We do not know this product.")


class SlugInvalid(Invalid):
    code = "slug_invalid"
    message = _("Use small letters, digits and hyphens only, such as smart-tvs.")
    field = "slug"


class SlugTaken(Conflict):
    code = "slug_taken"
    message = _("Another category has this address already.")
    field = "slug"


class TextInvalid(Invalid):
    code = "text_invalid"
    message = _("This is missing, or longer than %(length_max)s characters.")


class CategoryCycle(Invalid):
    code = "category_cycle"
    message = _("A category cannot stand below itself.")
    field = "parent"


class CategoryTooDeep(Invalid):
    code = "category_too_deep"
    message = _("The tree has at most %(levels_max)s levels.")
    field = "parent"


class SchemaInvalid(Invalid):
    """`field` names the place, as in `attribute_schema.2.type`."""

    code = "attribute_schema_invalid"
    message = _("The attributes are not described well: %(problem)s")
    field = "attribute_schema"


class AttributesInvalid(Invalid):
    """Base of refusals of one attribute: `key` is its key, `field` is `attributes.<key>`."""

    code = "attribute_invalid"

    def __init__(self, *, key: str, **params: object) -> None:
        self.key = key
        super().__init__(field=f"attributes.{key}", key=key, **params)


class AttributeUnknown(AttributesInvalid):
    code = "attribute_unknown"
    message = _("This category has no attribute “%(key)s”.")


class AttributeMissing(AttributesInvalid):
    code = "attribute_missing"
    message = _("“%(label)s” is required.")


class AttributeNotANumber(AttributesInvalid):
    code = "attribute_not_a_number"
    message = _("“%(label)s” must be a number, not “%(value)s”.")


class AttributeNotWhole(AttributesInvalid):
    code = "attribute_not_whole"
    message = _("“%(label)s” must be a whole number, not “%(value)s”.")


class AttributeNotYesNo(AttributesInvalid):
    code = "attribute_not_yes_no"
    message = _("“%(label)s” must be yes or no, not “%(value)s”.")


class AttributeNotAChoice(AttributesInvalid):
    code = "attribute_not_a_choice"
    message = _("“%(label)s” must be one of %(choices)s, not “%(value)s”.")


class AttributeTooLong(AttributesInvalid):
    code = "attribute_too_long"
    message = _("“%(label)s” must be text of at most %(length_max)s characters.")


class ProductExists(Conflict):
    code = "product_exists"
    message = _("This brand already has a product of this title: %(reference)s.")
    field = "title"


class ProductChangedMeanwhile(Conflict):
    code = "version_conflict"
    message = _("The product was changed in the meantime. Please load it again.")
