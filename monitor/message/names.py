"""What states are called in English where `rules/names.yaml` does not say: CLDR's names, without what it adds."""

from babel import Locale
from pycountry import countries


def english_names() -> dict[str, str]:
    """Alpha-3 code -> name."""
    territories = Locale("en").territories
    return {
        country.alpha_3: territories.get(country.alpha_2, country.name).split(" (")[0].replace(" & ", " and ")
        for country in countries
    }
