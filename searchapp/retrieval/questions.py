"""Questions and polite phrases at the beginning of a query, which no article has to have.

A query that begins with an opener of a language (`how do I`, `what is the best way to`) is its other words, without the
small words of that language. In scripts without blanks openers are parts of a word, at its beginning or end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import takewhile

from searchapp.analysis.folding import fold
from searchapp.query import And, Or, Word
from searchapp.retrieval.query_trees import plain_text

_SIGNS = re.compile(r"\A\W+|\W+\Z")
_Phrases = frozenset[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class _Language:
    """Openers, the longest of which is taken, again and again; and the small words that then are left out, too."""

    openers: _Phrases
    small: frozenset[str]


def _language(openers: str, small: str) -> _Language:
    phrases = frozenset(tuple(fold(line).split()) for line in openers.split("|"))
    return _Language(phrases, frozenset(fold(small).split()))


LANGUAGES = (
    _language(
        """
        how | how to | why | what | when | where | who | how come | please | please tell me | tell me | show
        me | can you | could you | can you tell me | could you tell me | can you please | can you explain |
        can you help me | would you | do you know | does anyone know | i want to know | i would like to know
        | i'd like to know | i want to | i need to | i would like to | help me | can i | can we | could i |
        should i | may i | is there a way to | is there any way to | is it possible to | what's | how's |
        where's | what is the best way to | what's the best way to | what is the way to | the best way to |
        best way to | what is the easiest way to | what's the easiest way to | easiest way to | what is the
        right way to | what is a good way to | what's a good way to | what is the difference between
        """,
        "a an the to is are was were do does did can could should would i you me my your it its there please",
    ),
    _language(
        """
        wie | wie kann ich | wie kann man | wie mache ich | wie macht man | wie geht | warum | wieso |
        weshalb | was ist | was sind | was bedeutet | wo finde ich | wo ist | wann | welche | welcher |
        welches | bitte | kannst du mir sagen | können sie mir sagen | kannst du mir erklären | können sie
        mir erklären | kannst du | können sie | sag mir | zeig mir | ich möchte wissen | ich möchte | was
        ist der beste weg um | was ist die beste art | was ist die beste möglichkeit | kann ich | kann man |
        gibt es eine möglichkeit
        """,
        "der die das den dem des ein eine einen einem einer eines ich man mir mich du sie wir zu um bitte ist sind "
        "kann",
    ),
    _language(
        """
        comment faire | comment faire pour | comment puis-je | comment puis je | comment est-ce que |
        comment est-ce que je | comment peut-on | comment peut on | comment on | comment je | pourquoi |
        qu'est-ce que | qu'est-ce qu' | qu'est ce que | est-ce que | quel est | quelle est | quels sont |
        quelles sont | quelle est la meilleure façon de | quelle est la meilleure manière de | quel est le
        meilleur moyen de | où trouver | quand | peux-tu me dire | pouvez-vous me dire | pourriez-vous me
        dire | peux-tu m'expliquer | pouvez-vous m'expliquer | s'il vous plaît | s'il te plaît | dites-moi |
        dis-moi | je voudrais savoir | je veux savoir | je voudrais
        """,
        "le la les un une des du de d' je tu vous nous me mon ma mes est sont",
    ),
    _language(
        """
        cómo | cómo puedo | cómo se puede | cómo se | cómo hacer para | cómo hago para | por qué | qué es |
        qué son | cuál es | cuáles son | cuál es la mejor manera de | cuál es la mejor forma de | dónde |
        dónde está | cuándo | quién | puedes decirme | me puedes decir | podrías decirme | me podrías decir
        | puede decirme | por favor | dime | quiero saber | quisiera saber | me gustaría saber | se puede |
        es posible
        """,
        "el la los las un una unos unas de del a al mi mis se yo me lo es son",
    ),
    _language(
        """
        como posso | como se faz para | como fazer para | como faço para | como fazer | por que | o que é |
        o que são | qual é | qual é a melhor maneira de | qual a melhor maneira de | qual é a melhor forma
        de | qual a melhor forma de | onde | quando | quem | você pode me dizer | pode me dizer | poderia me
        dizer | por favor | quero saber | gostaria de saber | é possível
        """,
        "o a os as um uma de do da dos das eu meu minha se e é são",
    ),
    _language(
        """
        come posso | come si può | come si fa a | come si fa | come si | come fare | come fare per | come
        fare a | come faccio a | perché | che cos'è | che cosa è | cos'è | cosa è | cosa sono | qual è |
        quali sono | qual è il modo migliore per | quando | puoi dirmi | mi puoi dire | potresti dirmi | può
        dirmi | per favore | vorrei sapere | voglio sapere | è possibile
        """,
        "il lo la i gli le un uno una di del della dei delle a al alla per mi mio mia si e è sono",
    ),
    _language(
        """
        hoe kan ik | hoe kan je | hoe moet ik | waarom | wat is | wat zijn | wat is de beste manier om |
        waar | wanneer | wie is | welke | kun je mij vertellen | kun je me vertellen | kunt u mij vertellen
        | kunt u me vertellen | alstublieft | alsjeblieft | ik wil weten | is het mogelijk om
        """,
        "de het een van om ik je mij me u mijn is zijn kan",
    ),
    _language(
        """
        jak | jak mogę | jak można | jak mam | jak zrobić żeby | dlaczego | czemu | co to jest | czym jest |
        czym są | gdzie | kiedy | kto | jaki jest najlepszy sposób na | jaki jest najlepszy sposób aby |
        jaki jest | jaka jest | jakie są | czy możesz mi powiedzieć | czy możesz powiedzieć | możesz mi
        powiedzieć | czy można | czy mogę | czy | proszę | proszę powiedz mi | powiedz mi | chcę wiedzieć |
        chciałbym wiedzieć | chciałabym wiedzieć
        """,
        "do i a się mi ja mój moja żeby aby proszę jest są",
    ),
    _language(
        """
        как | как я могу | как можно | как мне | почему | зачем | что такое | где | когда | кто | какой |
        какая | какие | какой лучший способ | можете ли вы сказать | можете сказать | подскажите |
        подскажите пожалуйста | скажите пожалуйста | пожалуйста | хочу узнать | можно ли
        """,
        "я мне мой моя мои ли это пожалуйста",
    ),
    _language(
        """
        كيف | كيف يمكنني | كيف يمكن | كيف أستطيع | لماذا | ما هو | ما هي | ما هي أفضل طريقة | ما أفضل طريقة
        | ماذا | متى | أين | من هو | هل | هل يمكنك أن تخبرني | هل يمكنك إخباري | هل يمكن | هل يمكنني | من
        فضلك | لو سمحت | أخبرني | أريد أن أعرف | أريد أن
        """,
        "أن هو هي أنا لي",
    ),
)
_BEGINNINGS = (
    """
    请问 請問 请告诉我 如何 怎么样 怎么 怎麼 怎样 怎樣 为什么 為什麼 什么是 什麼是 有没有办法
    我想知道 能告诉我 どうやって どうすれば なぜ
    """
).split()
_ENDS = (
    """
    はどうすればいいですか にはどうすればいいですか するにはどうすればいいですか を教えてください
    教えてください する方法は する方法 の方法 の仕方 のやり方 とは何ですか とは何か とは ですか 是什么
    是什麼 怎么办 怎麼辦 的最佳方法 的最好方法 的方法 吗 呢 ？ ?
    """
).split()


def without_questions(tree: And) -> And:
    """Return a pruned tree without its opener and small words; the tree itself if it has none, or nothing else."""
    texts = (_SIGNS.sub("", fold(node.text)) if isinstance(node, Word) else "" for node in tree.nodes)
    words = list(takewhile(bool, texts))
    for language in LANGUAGES:
        if start := _length_of_openers(words, language.openers):
            rest = tree.nodes[start:]
            kept = tuple(node for node in rest if not (isinstance(node, Word) and fold(node.text) in language.small))
            if any(isinstance(node, Word | Or) or plain_text(node) for node in kept):
                return And(kept)
    nodes = tuple(Word(_bare(node.text)) if isinstance(node, Word) else node for node in tree.nodes)
    return And(nodes) if nodes != tree.nodes else tree


def _length_of_openers(words: list[str], openers: _Phrases) -> int:
    """Return the number of words of all openers at the beginning."""
    start, longest = 0, max(map(len, openers))
    while found := next((n for n in range(longest, 0, -1) if tuple(words[start : start + n]) in openers), 0):
        start += found
    return start


def _bare(word: str) -> str:
    """Return a word in a script without blanks without its opener; the word itself if nothing else is left."""
    bare = word
    for opener in _BEGINNINGS:
        bare = bare.removeprefix(opener)
    for end in _ENDS:
        bare = bare.removesuffix(end) if not bare.isascii() else bare
    return bare if any(c.isalnum() for c in bare) else word
