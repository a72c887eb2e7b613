"""Ten layouts of news pages: each with its article, its date, and what a site puts around it."""

from __future__ import annotations

from typing import NamedTuple

ARTICLE = (
    "The minister of defence said on Monday that the troops would leave the valley before the winter begins.",
    "She spoke after a meeting with the mayors of three towns, who had asked for a date and for money to rebuild.",
    "“Nobody has asked us to stay,” she told reporters, and added that the bridge would be handed over in March.",
    "The opposition called the plan late; its leader wants a vote in parliament on every step of it.",
    "Observers of the election said they had seen no soldiers near the polling places in the capital.",
)
AROUND = {
    "cookies": "We use cookies to give you the best experience on our site; accept all or manage your choices.",
    "related": "Zelensky slams the deal as a betrayal of the whole region",
    "popular": "Ten recipes for a quick dinner that your family will love",
    "caption": "Soldiers cross the bridge in an archive picture taken last spring.",
    "comment": "I completely disagree with the minister and her party, they are all the same.",
    "newsletter": "Sign up to our newsletter and never miss the stories of the day.",
    "author": "Jane Doe has covered the region since 2009 and is the author of two books.",
    "share": "Share this article on the network of your choice",
    "rights": "All rights reserved. No part of this page may be copied without permission.",
    "advert": "Advertisement: the new car that everybody talks about is here at last.",
}
DATE = "2024-03-05"
MODIFIED = "2024-11-20"


class Page(NamedTuple):
    """A page, and the boilerplate that is in it."""

    html: str
    around: tuple[str, ...]


def paragraphs(mark: str = "<p>{}</p>", between: dict[int, str] | None = None) -> str:
    """The article's paragraphs in a mark, with what is between them after the n-th."""
    between = between or {}
    return "".join(
        mark.format(text) + between.get(number, "") for number, text in enumerate(ARTICLE, start=1)
    )


def page(head: str, body: str, *around: str) -> Page:
    html = f"<!DOCTYPE html><html lang='en'><head><meta charset='utf-8'><title>Troops to leave | Example</title>{head}</head><body>{body}</body></html>"
    return Page(html, tuple(AROUND[name] for name in around))


LD = '<script type="application/ld+json">{"@graph":[{"@type":"WebPage"},{"@type":"NewsArticle","dateModified":"%s","datePublished":"%sT07:00:00Z"}]}</script>'
A = AROUND

LAYOUTS = {
    "blog": page(
        f"<meta property='article:published_time' content='{DATE}T07:00:00+00:00'><meta property='article:modified_time' content='{MODIFIED}'>",
        f"<div class='site-header'><a href='/'>Home</a></div><article class='post hentry'><header><h1 class='entry-title'>Troops to leave</h1></header>"
        f"<div class='entry-content'><figure class='wp-caption'><img src='a.jpg'><figcaption class='wp-caption-text'>{A['caption']}</figcaption></figure>{paragraphs()}"
        f"<div class='sharedaddy sd-sharing'><p>{A['share']}</p></div><div class='jp-relatedposts'><h3>Related</h3><p><a href='/x'>{A['related']}</a></p></div></div></article>"
        f"<div id='comments' class='comments-area'><ol class='comment-list'><li><p>{A['comment']}</p></li></ol></div>",
        "caption", "share", "related", "comment",
    ),
    "broadsheet": page(
        LD % (MODIFIED, DATE),
        f"<div id='cookie-consent' role='dialog'><p>{A['cookies']}</p></div><main><article><h1>Troops to leave</h1><time datetime='{MODIFIED}'>20 November</time>"
        f"<section class='article-body'>{paragraphs(between={2: '<aside class=promo><h4>More on this story</h4><a href=/y>' + A['related'] + '</a></aside>'})}</section></article>"
        f"<aside class='most-read'><ol><li><a href='/z'>{A['popular']}</a></li></ol></aside></main><footer><p>{A['rights']}</p></footer>",
        "cookies", "related", "popular", "rights",
    ),
    "divs without article": page(
        f"<meta name='pubdate' content='{DATE}'>",
        f"<div class='wrapper'><div class='headline'><h1>Troops to leave</h1></div><div class='story-text'>{paragraphs()}</div>"
        f"<div class='related-links'><ul><li><a href='/a'>{A['related']}</a></li></ul></div><div class='newsletter-box'><p>{A['newsletter']}</p></div></div>",
        "related", "newsletter",
    ),
    "links in the text": page(
        f"<meta name='DC.date.issued' content='{DATE}'>",
        f"<article><h1>Troops to leave</h1>{paragraphs(between={1: '<p><strong>READ MORE: <a href=/r>' + A['related'] + '</a></strong></p>', 3: '<p>' + A['newsletter'] + '</p>', 4: '<p class=inline-related><a href=/q>' + A['popular'] + '</a></p>'})}</article>",
        "related", "newsletter", "popular",
    ),
    "microdata": page(
        "",
        f"<div itemscope itemtype='https://schema.org/NewsArticle'><h1 itemprop='headline'>Troops to leave</h1><span itemprop='datePublished' content='{DATE}T07:00'>March</span>"
        f"<span itemprop='dateModified' content='{MODIFIED}'>November</span><div itemprop='articleBody'>{paragraphs()}</div></div>"
        f"<div class='author-bio'><p>{A['author']}</p></div><div class='ad-slot advert'><p>{A['advert']}</p></div>",
        "author", "advert",
    ),
    "comments in details": page(
        LD % (MODIFIED, DATE),
        f"<article><h1>Troops to leave</h1>{paragraphs()}</article><section id='discussion'><details class='CommentBox'><summary>2 comments</summary><p>{A['comment']}</p></details></section>",
        "comment",
    ),
    "comments inside the article": page(
        LD % (MODIFIED, DATE),
        f"<article class='has-comments'><h1>Troops to leave</h1><div class='body'>{paragraphs()}</div><div class='user-comments'><p>{A['comment']}</p><p>{A['comment']} Yes.</p></div></article>",
        "comment",
    ),
    "cookie notice first": page(
        f"<meta property='og:pubdate' content='{DATE}'>",
        f"<div class='gdpr-banner'><p>{A['cookies']}</p><p>{A['cookies']} You can withdraw consent at any time.</p></div><div class='content'><h1>Troops to leave</h1>{paragraphs()}"
        f"<p class='image-caption'>{A['caption']}</p></div>",
        "cookies", "caption",
    ),
    "table of the nineties": page(
        f"<meta name='date' content='{DATE}'>",
        f"<table width='100%'><tr><td valign='top'><a href='/'>Front page</a><br><a href='/s'>{A['popular']}</a></td><td><h1>Troops to leave</h1>{paragraphs()}</td></tr></table><p align='center'>{A['rights']}</p>",
        "popular", "rights",
    ),
    "paragraphs as divs": page(
        LD % (MODIFIED, DATE),
        f"<div id='app'><div class='ArticleHeader'><h1>Troops to leave</h1></div><div class='ArticleBody'>{paragraphs('<div class=para>{}</div>')}</div><div class='RelatedStories'><div><a href='/t'>{A['related']}</a></div></div>"
        f"<div class='SocialShare'><div>{A['share']}</div></div></div>",
        "related", "share",
    ),
}  # fmt: skip
