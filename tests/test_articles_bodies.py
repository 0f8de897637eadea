"""Bodies of every dialect: what is prose, what is code, what nobody is to read, and the anchors."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest
from articles import article, articles, outcomes

from searchapp.articles import render_draft
from searchapp.model import Article


def prose(found: Article) -> str:
    return "\n".join(part for section in found.sections for part in (section.title, section.text) if part)


def anchors(found: Article) -> list[tuple[int, str, str]]:
    return [(section.level, section.title, section.anchor) for section in found.sections if section.level]


def test_sections_code_and_html_with_the_same_anchors(tmp_path: Path) -> None:
    found = article(
        tmp_path,
        """
        Lead *text*, `inline` code.
        Next line.

        ## **Bold** heading & more

        One

        - two
        - three

        ```python
        def f(): return "<b>"
        ```

        Setext
        ======

        ![The alt](x.png "The title") and [a link](/y "Hover")

        ### Setext

            indented = 1

        | a | b |
        |---|---|
        | c | d |
        """,
    )
    assert found.sections[0].text == "Lead text, inline code. Next line."
    assert anchors(found) == [
        (2, "Bold heading & more", "bold-heading--more"),
        (1, "Setext", "setext"),
        (3, "Setext", "setext-1"),
    ]
    assert found.sections[1].text == "One\ntwo\nthree"
    assert found.sections[2].text == "The alt The title\tand a link\nHover"
    assert found.sections[3].text == "a\tb\nc\td"
    assert found.code == 'def f(): return "<b>"\nindented = 1'
    for section in found.sections[1:]:
        assert f'<h{section.level} id="{section.anchor}">' in found.html
    assert '<pre><code class="language-python">def f(): return "&lt;b&gt;"' in found.html


def test_anchors_are_those_of_the_generator(tmp_path: Path) -> None:
    body = "## Über C++ & _Co_\n\n## What's new? {#explicit}\n\n## 日本\n\n## 日本\n"
    found = articles(
        tmp_path,
        {
            "_posts/2020-01-01-x.md": f"---\nlayout: post\n---\n{body}",
            "zola.md": f'+++\ntitle = "x"\n[taxonomies]\ntags = []\n+++\n{body}',
            "hexo.md": f"title: x\n---\n{body}",
        },
    )
    jekyll, hexo, zola = ([a for _, _, a in anchors(article)] for article in found.values())
    assert jekyll == ["über-c--co", "explicit", "日本", "日本-1"]
    assert hexo == ["Uber-C-Co", "explicit", "日本", "日本-1"]
    assert zola == ["uber-c-co", "explicit", "section", "section-1"]


def test_a_place_where_a_word_may_break_does_not_part_it(tmp_path: Path) -> None:
    found = article(tmp_path, "## Mar<wbr>malade\n\nOur mar<wbr>malade, mar<wbr/>malade<br>with bread&shy;crumbs")
    assert found.sections[0].title == "Marmalade"
    assert found.sections[0].text == "Our marmalade, marmalade\twith bread\u00adcrumbs"


def test_explicit_ids_of_kramdown_and_html(tmp_path: Path) -> None:
    body = (
        '# One {#first}\n\n## Two\n{: #second .x}\n\n## Three {: #third}\n\n<h2 id="fourth">Four</h2>\n\n## `{#code}`\n'
    )
    found = article(tmp_path, body)
    assert [(title, anchor) for _, title, anchor in anchors(found)] == [
        ("One", "first"),
        ("Two", "second"),
        ("Three", "third"),
        ("Four", "fourth"),
        ("{#code}", "code"),
    ]
    assert "{#first}" not in found.html


def test_liquid_is_gone_literals_and_code_stay(tmp_path: Path) -> None:
    found = article(
        tmp_path,
        """
        ---
        title: L
        ---
        {% include toc.html %}Start {{ page.title }}here {% if x %}and{% endif %} there.
        {% comment %}secret words{% endcomment %}

        Write {{ "{{" }} or {% raw %}{{ site.name }} and {% tag %}{% endraw %} to show it.

        {% highlight ruby linenos %}
        puts "{{ not_gone }}"
        {% endhighlight %}

        [older]({% post_url 2016-01-01-older %}) and `{% assign in_code %}`

        {% include figure.html src="x.png" caption="The *caption*" alt="Alt" %}

        ```liquid
        {% for post in posts %}{{ post.title }}{% endfor %}
        {% raw %}{{ shown }}{% endraw %}
        ```

            {% indented code %}
        """,
    )
    text = prose(found)
    assert "Start here and there." in text
    assert "secret" not in text + found.html
    assert "Write {{ or {{ site.name }} and {% tag %} to show it." in text
    assert "older and {% assign in_code %}" in text
    assert "The caption Alt" in text
    assert found.code.split("\n") == [
        'puts "{{ not_gone }}"',
        "{% for post in posts %}{{ post.title }}{% endfor %}",
        "{{ shown }}",
        "{% indented code %}",
    ]
    assert "include" not in text
    assert "figure.html" not in found.html


def test_raw_around_fences(tmp_path: Path) -> None:
    found = article(tmp_path, "{% raw %}\nSee {{ x }}\n```\n{{ y }}\n```\n{% endraw %}\n\nAfter {{ z }}.")
    assert prose(found) == "See {{ x }}\nAfter ."
    assert found.code == "{{ y }}"
    assert "{{ x }}" in found.html


def test_kramdown_marks_go_and_ruby_code_stays(tmp_path: Path) -> None:
    found = article(
        tmp_path,
        """
        * TOC
        {:toc}

        A paragraph.
        {: .lead #x}

        A [link](/x){:target="_blank" rel='y'} and {:a => 1} and `puts {:b => 2}`{: .language-ruby}.

        {::options parse_block_html="true" /}

        ```ruby
        puts {:c}
        {: .x}
        ```
        """,
    )
    assert prose(found) == "A paragraph.\nA link and {:a => 1} and puts {:b => 2}."
    assert found.code == "puts {:c}\n{: .x}"


def test_shortcodes_leave_captions_and_inner_text(tmp_path: Path) -> None:
    found = article(
        tmp_path,
        """
        +++
        title = "S"
        date = 2020-01-01
        +++
        {{< figure src="a.png" caption="A caption" title="A title" >}}

        {{% notice tip %}}Inner *text*{{% /notice %}}

        {{< youtube abc123 >}} [ref]({{< ref "other.md" >}})

        {{< highlight go "linenos=table" >}}
        fmt.Println("hi")
        {{< /highlight >}}

        Use {{</* figure x */>}} so.
        """,
    )
    text = prose(found)
    assert "A caption A title" in text
    assert "Inner text" in text
    assert "Use {{< figure x >}} so." in text
    assert "abc123" not in text + found.code
    assert "other.md" not in text
    assert 'href="/@ref/other.md"' in found.html
    assert found.code == 'fmt.Println("hi")'


def test_wordpress_bodies(tmp_path: Path) -> None:
    found = article(
        tmp_path,
        r"""
        ---
        guid: http://x/?p=1
        ---
        [caption id="a" width="3"]<img src="x.png" alt="Alt"/> The caption[/caption]

        \[vc\_row\]\[vc\_column width=”1/2″\]Inner\[/vc\_column\]\[/vc\_row\] [gallery ids="1,2"]

        Escapes: 5 \> 3, a\_b, \"quoted\", \[kept\] and [1] and [x](/y).

        <p>Raw &eacute; <b>HTML</b></p><!--more--><script>bad()</script><style>p{}</style>
        <!-- gone -->
        <ul><li>one</li><li>[![](a.png)](b.html) two</li></ul>

        [code lang="php"]
        echo [gallery];
        [/code]
        """,
    )
    text = prose(found)
    for shown in (
        "Alt\tThe caption",
        "Inner",
        '5 > 3, a_b, "quoted", [kept] and [1] and x.',
        "Raw é HTML",
        "one\ntwo",
    ):
        assert shown in text
    for gone in ("caption id", "vc_", "gallery", "bad()", "p{}", "gone", "!["):
        assert gone not in text
    assert found.code == "echo [gallery];"


def test_mdx_and_docusaurus(tmp_path: Path) -> None:
    found = article(
        tmp_path,
        """
        ---
        title: M
        ---
        import Tabs from '@theme/Tabs';
        export const x = {
          a: 1
        }

        Hello {props.name}there {/* a comment */}

        <Tabs groupId="os"><TabItem value="a" label="Apple">Inside</TabItem></Tabs>

        <!-- truncate -->

        :::tip[Do this]
        Advice
        :::

        ## Head {#head}

        ```jsx
        import y from 'y';
        <Tabs>{x}</Tabs>
        ```
        """,
        name="post.mdx",
    )
    text = prose(found)
    assert text.split("\n")[0] == "Hello there"
    assert "Apple" in text
    assert "Inside" in text
    assert "Do this Advice" in text.replace("\n", " ")
    for gone in ("@theme", "export", "comment", "Tabs", ":::", "truncate"):
        assert gone not in text
    assert found.code == "import y from 'y';\n<Tabs>{x}</Tabs>"
    assert anchors(found) == [(2, "Head", "head")]


def test_footnotes_definitions_and_struck_text(tmp_path: Path) -> None:
    found = article(tmp_path, "A claim[^1] here, ~~old~~ new.\n\n[^1]: The source.\n\nTerm\n:   Meaning\n")
    assert prose(found) == "A claim\there, old new.\nTerm\nMeaning\nThe source."


def test_fences_of_every_kind(tmp_path: Path) -> None:
    found = article(
        tmp_path,
        """
        ~~~~
        tilde ``` inside
        ~~~
        ~~~~

        1. Step

           ```sh
           in list
             kept
           ```

        > ```
        > quoted
        > ```

        ``` {.python .numberLines}
        attr
        ```

        ````
        ```
        nested
        ```
        ````

        ```
        never closed
        """,
    )
    assert found.code.split("\n") == [
        "tilde ``` inside",
        "~~~",
        "in list",
        "  kept",
        "quoted",
        "attr",
        "```",
        "nested",
        "```",
        "never closed",
    ]
    assert prose(found) == "Step"
    assert 'class="language-python"' in found.html


def test_references_by_code_are_links(tmp_path: Path) -> None:
    body = "### The [`Future`] is [here][`now`]!\n\n[`other`] and [`x`](/y)\n\n[`Future`]: /f\n[`now`]: /n 'T'\n"
    found = article(tmp_path, body)
    assert anchors(found) == [(3, "The Future is here!", "the-future-is-here")]
    assert prose(found).endswith("[other] and x")
    assert '<a href="/f"><code>Future</code></a>' in found.html
    assert '<a href="/n">here</a>' in found.html


def test_headings_with_attributes_or_without_words_and_bodies_without_prose(tmp_path: Path) -> None:
    found = articles(
        tmp_path,
        {
            "a.md": '## One {style="clear: both" .x}\n\nText\n\n##\n\n## {x}\n\nMore',
            "b.md": "```\nonly code\n```\n",
        },
    )
    assert anchors(found["a.md"]) == [(2, "One", "one"), (2, "{x}", "x")]
    assert [section.text for section in found["a.md"].sections] == ["Text", "More"]
    assert [section.level for section in found["b.md"].sections] == [0]
    assert found["b.md"].code == "only code"


def test_odd_characters_and_line_ends(tmp_path: Path) -> None:
    found = outcomes(
        tmp_path,
        {
            "bom.md": "\ufeff# T\r\n\r\nOne\r\rTwo\u2028\u2028Three".encode(),
            "bad.md": b"# T\n\nfine\nbad \xff\xfe byte\n",
            "nul.md": b"# T\n\na\x00b\x0bc &#1; &#xD800; &#0;",
            "utf16.md": "# T\n\nText".encode("utf-16"),
            "pipes.md": "a | b\n\n\x02wzxhzdk:0\x03 klzzwxh:0000",
        },
    )
    shown = {id: outcome.article for id, outcome in found.items()}
    assert all(shown.values())
    texts = {id: prose(a) for id, a in shown.items() if a}
    assert texts["bom.md"] == "T\nOne\nTwo\nThree"
    assert texts["bad.md"].startswith("T\nfine bad")
    assert texts["nul.md"].startswith("T\nabc")
    assert "\x01" not in texts["nul.md"]
    assert texts["utf16.md"] == "T\nText"
    [problem] = [problem for outcome in found.values() for problem in outcome.problems]
    assert (problem.path, problem.line, problem.skipped) == ("bad.md", 4, False)
    assert "UTF-8" in problem.reason
    for a in shown.values():
        repr(a).encode()


def test_restructured_text(tmp_path: Path) -> None:
    found = article(
        tmp_path,
        """
        My *title*
        ##########

        :date: 2010-10-03 10:20
        :tags: machine learning, awesome
        :category: yeah
        :author: Alexis <a@example.org>

        Lead with ``code`` and a `link <https://x.org>`_ and :ref:`role <x>`.

        Part
        ----

        .. image:: x.png
           :alt: A picture

        .. code-block:: python
           :linenos:

           print("x")

        Literal::

            raw text

        .. a comment is gone
        """,
        name="post.rst",
    )
    assert (found.title, found.tags, found.categories) == (
        "My title",
        ("machine learning", "awesome"),
        ("yeah",),
    )
    assert found.authors == ("Alexis",)
    assert prose(found) == "Lead with code and a link and role.\nPart\nA picture\nLiteral:"
    assert found.code == 'print("x")\nraw text'
    assert anchors(found) == [(2, "Part", "part")]


RST = """
    The title
    =========

    .. role:: raw-html(raw)
       :format: html

    Lead with :abbr:`HTML (spelt out)`, :py:func:`~os.path.join`, a `linked page <{filename}/x.rst>`_, unknown_, a
    |substitution|, a footnote [1]_ and :raw-html:`<b>bold</b>`.

    .. youtube:: 8N_tupPBtWQ
       :align: center

    .. versionadded:: 2.0
       Since then.

    .. deprecated:: 3.0 Not since then.

    .. soundcloud:: 123

       Words *below* it.

       .. note:: And in it.

    .. image:: x.png
       :alt: Pictured
       :lightbox: yes

    .. raw:: html

       <p>Raw words</p>

    .. sourcecode:: python
       :linenos:
       :hl_lines: 1

       print(1)

    .. TEASER_END

    A -- heading: é
    ---------------

    - one
    - two

    A -- heading: é
    ---------------

    +-----+-----+
    | in  | row |
    +-----+-----+

    .. [1] Below.

    Too short
    --

    Open *emphasis and ``code
"""


def test_restructured_text_is_docutils_own_and_what_that_does_not_know_keeps_its_words(tmp_path: Path) -> None:
    found = article(tmp_path, RST, name="post.rst")
    assert prose(found).split("\n") == [
        "Lead with HTML (spelt out), os.path.join, a linked page, unknown_, a |substitution|, a footnote\tand bold.",
        "Since then.",
        "3.0 Not since then.",
        "Words below it.",
        "Note",
        "And in it.",
        "Pictured",
        "Raw words",
        "A -- heading: é",
        "one",
        "two",
        "A -- heading: é",
        "in",
        "row",
        "Below.",
        "Too short --",
        "Open *emphasis and ``code",
    ]
    assert found.code == "print(1)"
    assert anchors(found) == [(2, "A -- heading: é", "a-heading-e"), (2, "A -- heading: é", "a-heading-e-1")]


@pytest.mark.parametrize(
    "text",
    [
        ".. include:: {}",
        ".. raw:: html\n   :file: {}",
        ".. raw:: html\n   :url: file://{}",
        ".. csv-table::\n   :file: {}",
        ".. literalinclude:: {}",
        ".. listing:: {}",
        ".. role:: x(raw)\n   :format: html\n\n.. include:: {}\n   :literal:",
    ],
)
def test_no_directive_reads_another_file(tmp_path: Path, text: str) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("password")
    found = article(tmp_path / "content", f"Before\n\n{text.format(secret)}\n\nAfter\n", name="post.rst")
    assert "password" not in repr(found)
    assert "Before" in prose(found)
    assert "After" in prose(found)


def test_what_one_file_defines_is_unknown_to_the_next(tmp_path: Path) -> None:
    defined = ".. role:: mark(code)\n.. default-role:: code\n\nA :mark:`b` c `d`.\n"
    found = articles(tmp_path, {"1.rst": defined, "2.rst": "A :mark:`b` c `d`.\n"})
    assert "<code>b</code>" in found["1.rst"].html
    assert "<code>" not in found["2.rst"].html


def test_languages_are_found_out(tmp_path: Path) -> None:
    texts = {  # one sentence each, of our own
        "en": "The train was late again and we waited on the platform for an hour with nothing to do.",
        "de": "Der Zug war wieder zu spät und wir haben eine Stunde auf dem Bahnsteig gewartet.",
        "fr": "Le train était encore en retard et nous avons attendu une heure sur le quai pour rien.",
        "es": "El tren llegó tarde otra vez y esperamos una hora en el andén sin nada que hacer.",
        "it": "Il treno era di nuovo in ritardo e abbiamo aspettato sul binario con la pioggia.",
        "pt": "O trem estava atrasado outra vez e não havia nada para fazer, mas também não chovia.",
        "nl": "De trein was weer te laat en wij hebben een uur op het perron gewacht met niets om handen.",
        "sv": "Tåget var försenat igen och vi väntade en timme på perrongen utan att det fanns något att göra.",
        "pl": "Pociąg znowu się spóźnił i czekaliśmy godzinę na peronie i nie było co robić.",
        "cs": "Vlak měl zase zpoždění a my jsme už čekali hodinu na nástupišti, ale pršelo.",
        "fi": "Juna oli taas myöhässä ja me odotimme tunnin laiturilla, mutta se ei ollut kuin alkua.",
        "hu": "A vonat megint késett, és egy órát vártunk a peronon, mert nem volt semmi más dolgunk.",
        "ro": "Trenul a întârziat din nou și am așteptat o oră pe peron cu nimic de făcut pentru că ploua.",
        "tr": "Tren yine geç kaldı ve bir saat peronda bekledik, yapacak bir şey yoktu ama çok güldük.",
        "ru": "Поезд опять опоздал, и мы целый час ждали на платформе.",
        "el": "Το τρένο άργησε πάλι και περιμέναμε μια ώρα στην αποβάθρα.",
        "zh": "火车又晚点了，我们在站台上等了一个小时。",
        "ja": "電車がまた遅れて、私たちはホームで一時間待ちました。",
        "ko": "기차가 또 늦어서 우리는 승강장에서 한 시간을 기다렸다.",
        "ar": "تأخر القطار مرة أخرى وانتظرنا ساعة على الرصيف.",
        "uk": "Потяг знову запізнився, і ми цілу годину чекали на платформі.",
        "bg": "Влакът отново закъсня и чакахме цял час на перона.",
        "sr": "Воз је опет каснио и чекали смо цео сат на перону.",
        "hr": "Vlak je opet kasnio pa smo cijeli sat čekali na kolodvoru, gdje nije bilo ničega.",
        "sl": "Vlak je spet zamujal in na peronu smo čakali celo uro, ker ni bilo kam iti.",
        "sk": "Vlak opäť meškal a my sme čakali na nástupišti celú hodinu.",
        "he": "הרכבת שוב איחרה וחיכינו שעה על הרציף.",
        "fa": "قطار دوباره دیر کرد و ما یک ساعت روی سکو منتظر ماندیم.",
        "vi": "Tàu lại trễ và chúng tôi đã đợi một giờ trên sân ga.",
        "th": "รถไฟมาสายอีกแล้วและเรารออยู่บนชานชาลาหนึ่งชั่วโมง",
        "hi": "ट्रेन फिर देर से आई और हमने प्लेटफ़ॉर्म पर एक घंटा इंतज़ार किया।",
        "ca": "El tren tornava a anar amb retard i vam esperar una hora a l'andana.",
    }
    found = articles(tmp_path, {f"{code}.md": text for code, text in texts.items()})
    assert {id: a.language for id, a in found.items()} == {f"{code}.md": code for code in texts}
    assert article(tmp_path, "xyz", name="x/short.md").language == "en"
    scripts = {
        "ko": "안녕하세요",
        "ja": "こんにちは",
        "th": "สวัสดี",
        "he": "שלום",
        "el": "Ελλάδα",
        "zh": "你好",
        "ka": "საქართველო",
    }
    short = articles(tmp_path / "short", {f"{code}.md": f"---\ntitle: {text}\n---\n" for code, text in scripts.items()})
    assert {a.language: id for id, a in short.items()} == {code: f"{code}.md" for code in scripts}
    code = "The mill is old.\n\n```js\n" + "const retour = le.la.les(des, une, pour, que)\n" * 40 + "```\n"
    assert article(tmp_path, code, name="x/code.md").language == "en"
    forced = articles(tmp_path, {}, language="da")
    assert {a.language for a in forced.values()} == {"da"}


def test_drafts() -> None:
    draft = render_draft("---\ntitle: My draft\ntags: a b\ncategory: c\n---\n## Part\n\nSome *text*.\n\n    code\n")
    assert (draft.title, draft.tags, draft.categories) == ("My draft", ("a", "b"), ("c",))
    assert draft.text == "Part\nSome text."
    assert render_draft("Only words").text == "Only words"
    assert render_draft("# Head\n\nWords").title == "Head"
    assert render_draft(dedent("---\nbad: [\n---\nWords")).text == "Words"
    assert render_draft("").text == ""
