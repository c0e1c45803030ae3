import type { Random } from './rng.ts';

/** A language that people of the world write in: its BCP 47 tags and some words. */
export interface Language {
  readonly tags: readonly string[];
  readonly words: readonly string[];
  /** What separates words: nothing in Japanese and Thai. */
  readonly space: string;
}

const split = (text: string) => text.split(' ').filter(Boolean);

/** Weight, tags, words, and what separates the words where it is not a space. */
// biome-ignore format: a line for each language
const TABLE: readonly (readonly [number, string, string, string?])[] = [
  [50, 'en', 'the a cat weather today really wonderful morning coffee bird train music we they think about never always sky river paper painting slow quick light garden window letter story garden market winter summer friend news map bread rain cloud question answer game season match film book page library museum forest mountain sea island harbour city night'],
  [12, 'pt pt-BR', 'o a gato tempo hoje muito lindo manhã café pássaro trem música nós eles pensar sobre nunca sempre céu rio papel pintura devagar luz jardim janela carta história mercado inverno verão amigo notícia mapa pão chuva nuvem pergunta coração ação não você'],
  [8, 'de', 'die der das Katze Wetter heute wirklich wunderbar Morgen Kaffee Vogel Zug Musik wir denken über nie immer Himmel Fluß Straße Größe schön Gemälde langsam Licht Garten Fenster Brief Geschichte Markt Winter Sommer Freund Nachrichten Karte Brot Regen Wolke Frage'],
  [14, 'ja', '今日 は とても いい 天気 です 猫 が 好き コーヒー 電車 音楽 東京 京都 桜 写真 新しい 本 読む 夜 朝 カメラ ゲーム アニメ 散歩 雨 雪 空 海 山 美味しい ラーメン ありがとう', ''],
  [5, 'ru', 'сегодня погода кот собака утро кофе поезд музыка мы думаем никогда всегда небо река бумага картина медленно свет сад окно письмо история рынок зима лето друг новости карта хлеб дождь облако вопрос ответ ёлка объявление'],
  [3, 'th', 'วันนี้ อากาศ ดี มาก แมว กาแฟ รถไฟ ดนตรี เรา คิด ถึง เสมอ ท้องฟ้า แม่น้ำ กระดาษ ภาพ ช้า แสง สวน หน้าต่าง จดหมาย เรื่อง ตลาด ฝน เมฆ เพื่อน ข่าว', ''],
  [4, 'es', 'el la gato tiempo hoy muy bonito mañana café pájaro tren música nosotros pensar sobre nunca siempre cielo río papel pintura despacio luz jardín ventana carta historia mercado invierno verano amigo noticia mapa pan lluvia nube ¿qué?'],
  [2, 'ko', '오늘 날씨 정말 좋다 고양이 커피 기차 음악 우리 생각 항상 하늘 강 종이 그림 천천히 빛 정원 창문 편지 이야기 시장 겨울 여름 친구'],
  [2, '', '🎉 🐱 🦋 ✨ 😀 ❤️ 👩‍👩‍👧‍👦 🏳️‍🌈 🇯🇵 👍🏽 🔥 🥲', ''],
];

export const LANGUAGES: readonly (readonly [Language, number])[] = TABLE.map(([weight, tags, words, space = ' ']) => [
  { tags: split(tags), words: split(words), space },
  weight,
]);

export const TAGS: readonly string[] = split(
  'art cats photography birds nowplaying Caturday booksky 写真 música погода gamedev BlueskyDown',
);

/** A text of `length` words, some of them the last of a sentence. */
export function writeText(random: Random, { words, space }: Language, length: number): string {
  let text = random.pick(words);
  for (let i = 1; i < length; i++) {
    if (random.chance(0.08)) text += random.pick(ENDS);
    text += space + random.pick(words);
  }
  return text;
}

const ENDS = ['.', '!', '?', ',', ' –', '…', '\n', ' "so"', ' 🦋', "'s"];
