"""What is known of languages: which Snowball stemmer is theirs, and their function words."""

from __future__ import annotations

STEMMERS = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "nl": "dutch", "en": "english",
    "et": "estonian", "fi": "finnish", "fr": "french", "de": "german", "el": "greek", "hi": "hindi",
    "hu": "hungarian", "id": "indonesian", "ga": "irish", "it": "italian", "lt": "lithuanian", "no": "norwegian",
    "nb": "norwegian", "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian", "es": "spanish",
    "sv": "swedish", "tr": "turkish",
}  # fmt: skip

STOP_WORDS = frozenset(
    """
    a about after all also an and any are as at be because been but by can could did do does for from had has have he
    her his how i if in into is it its just me more my no not of on or our out she so some than that the their them
    then there these they this to up us was we were what when where which who why will with would you your
    aber als am auch auf aus bei bin bis das dass dein dem den der des die ein eine einem einen einer es für hat ich
    ihr im ist mit nach nicht noch nur oder sich sie sind über und uns vom von vor war was wie wir zu zum zur
    au aux avec ce ces dans de des du elle en est et il ils je la le les leur lui mais ne nous on ou par pas pour qu
    que qui sa se ses son sont sur un une vous y
    al como con del el ella ellos esta este esto fue ha hay las lo los mi muy más o para pero por se sin sobre su sus
    che ci da dei della di gli ho mi nel non per più quella questo sono tra una
    ao com das do dos e em foi mais na nas nem no nos num os pela pelo por quando são seu sua também te um uma à
    dat een en er het ik je maar met naar niet ook op te van voor wat wel ze zijn
    ale bo by być co czy dla do gdy i ich ja jak jest już na nie o od po pod przez przy się są ta tak te tego to tu
    tylko w we z za ze że
    och att det som är på av inte den till var jag har om ett men og ikke på
    """.split()
)
"""Function words of common languages. They are indexed and must match like others; they only do not make an article
a hit by themselves when no article has all the words, and never say that two articles are alike."""
