import './post-card.css';
import type { PostCard as Card, Segment } from '@updraft/console-api/views';
import type { ComponentChildren } from 'preact';
import { accountPage, linkHost, postPage, tagSearch } from '../data/post.ts';
import { AccountName } from './account-name.tsx';
import { OutLink } from './out-link.tsx';
import { RelativeTime } from './relative-time.tsx';

interface PostCardProps {
  readonly post: Card;
  /** What stands beside the link to the post, such as its likes or buttons. */
  readonly foot?: ComponentChildren;
}

/** A post. All that it says is a stranger's: it is shown as text only, in its own direction, and stays within the card. */
export function PostCard({ post, foot }: PostCardProps) {
  const { did, handle, displayName, replyTo, labels } = post;
  return (
    <article class="card post">
      <header>
        <AccountName did={did} handle={handle} displayName={displayName} isLinked />
        <RelativeTime iso={post.createdAt} />
      </header>
      {labels.length === 0 ? (
        <Content post={post} />
      ) : (
        <details class="warned">
          <summary>
            Labelled <bdi>{labels.join(', ')}</bdi>: show
          </summary>
          <Content post={post} />
        </details>
      )}
      <footer class="quiet">
        {replyTo === undefined ? null : <OutLink href={postPage(replyTo)}>a reply</OutLink>}
        {foot}
        <OutLink href={postPage(post.uri)}>Open at bsky.app</OutLink>
      </footer>
    </article>
  );
}

function Content({ post: { segments, langs, images, video, external, quote } }: { post: Card }) {
  return (
    <>
      <p class="text" dir="auto" lang={langs[0]}>
        {segments.map((segment, index) => (
          <Piece key={index} segment={segment} />
        ))}
      </p>
      {images.length === 0 ? null : <Images images={images} />}
      {video === undefined ? null : <Alt what="Video" alt={video.alt} />}
      {external === undefined ? null : <External {...external} />}
      {quote === undefined ? null : <Quote {...quote} />}
    </>
  );
}

function Piece({ segment: { text, link, mention, tag } }: { segment: Segment }) {
  if (link !== undefined) return <OutLink href={link}>{text}</OutLink>;
  if (mention !== undefined) return <OutLink href={accountPage(mention)}>{text}</OutLink>;
  return tag === undefined ? <>{text}</> : <a href={tagSearch(tag)}>{text}</a>;
}

function Images({ images }: { images: Card['images'] }) {
  return (
    <ul class="alts">
      {images.map(({ alt }, index) => (
        <li key={index}>
          <Alt what={images.length === 1 ? 'Picture' : `Picture ${index + 1}`} alt={alt} />
        </li>
      ))}
    </ul>
  );
}

/** What a picture shows is not loaded: its alternative text stands for it. */
function Alt({ what, alt }: { what: string; alt: string }) {
  return (
    <div class="alt">
      <span class="what">{what}</span>
      {alt.trim() === '' ? <span class="quiet">without a description</span> : <Folded text={alt} />}
    </div>
  );
}

const FOLD_ABOVE = 280;

function Folded({ text }: { text: string }) {
  if (text.length <= FOLD_ABOVE) return <bdi>{text}</bdi>;
  return (
    <details>
      <summary>
        <bdi>{`${text.slice(0, FOLD_ABOVE / 2).replace(/[\uD800-\uDBFF]$/, '')}…`}</bdi>
      </summary>
      <bdi>{text}</bdi>
    </details>
  );
}

function External({ link, title, description }: NonNullable<Card['external']>) {
  return (
    <div class="attached">
      <OutLink href={link}>
        <bdi>{title === '' ? link : title}</bdi>
      </OutLink>
      <p class="quiet">
        <bdi>{linkHost(link)}</bdi>
      </p>
      {description === '' ? null : (
        <p class="clamped" dir="auto">
          {description}
        </p>
      )}
    </div>
  );
}

function Quote({ uri, did, handle, text }: NonNullable<Card['quote']>) {
  if (did === '')
    return (
      <p class="attached quiet">
        It quotes <OutLink href={postPage(uri)}>something that does not show here</OutLink>.
      </p>
    );
  return (
    <blockquote class="attached">
      <AccountName did={did} handle={handle} isLinked />
      <p class="text" dir="auto">
        {text}
      </p>
    </blockquote>
  );
}
