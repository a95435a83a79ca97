// An issue's page: find papers by words, authors and categories, and mark them.
// Without this script everything of the page can be read, and whole files are links.

import { mark, marksOf, whenMarksChange } from "./marks.js";

const finder = document.getElementById("finder");
const words = document.getElementById("words");
const found = document.getElementById("found");
const chips = [...document.querySelectorAll("#chips button")];
const onlyMarked = document.getElementById("only-marked");
const taken = document.getElementById("taken"); // leads to the marked papers' files, from anywhere
const articles = [...document.querySelectorAll("article")];
const sections = [...document.querySelectorAll("main > section:has(article)")];
const lists = document.querySelectorAll("main > .topic, main > section:has(> .first)"); // of all papers
const place = finder.dataset.place;
const number = new Intl.NumberFormat(document.documentElement.lang);

// Without case and accents: "Muller" finds Müller, and "Ostergaard" Østergaard.
const LETTERS = { ø: "o", ł: "l", đ: "d", ð: "d", ı: "i", ß: "ss", æ: "ae", œ: "oe" };
function folded(text) {
  const plain = text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return plain.replace(/[øłđðıßæœ]/g, (letter) => LETTERS[letter]);
}

let texts = null; // of the papers, made when somebody first looks for one
function textOf(index) {
  texts ??= articles.map((article) =>
    folded(
      [...article.querySelectorAll("h3, .authors, .sentence, .facts, .abstract")]
        .map((part) => part.textContent)
        .concat(article.dataset.in)
        .join(" "),
    ),
  );
  return texts[index];
}

// Words, and phrases in quotes: a paper has to have all of them.
function wantedWords() {
  return [...folded(words.value).matchAll(/"([^"]+)"?|“([^”]+)”?|([^\s"“]+)/g)]
    .map((match) => (match[1] ?? match[2] ?? match[3]).trim())
    .filter(Boolean);
}

function pressed(button) {
  return button.getAttribute("aria-pressed") === "true";
}

function find() {
  const wanted = wantedWords();
  const categories = chips.filter(pressed).map((chip) => chip.value);
  const marked = pressed(onlyMarked) && new Set(marksOf(place).map(({ id }) => id));
  const counts = {}; // of the papers in each category, were it the only one chosen
  let shown = 0;
  articles.forEach((article, index) => {
    const own = article.dataset.in.split(" ");
    const isFound =
      (!marked || marked.has(article.id)) &&
      (!wanted.length || wanted.every((word) => textOf(index).includes(word)));
    if (isFound) for (const category of own) counts[category] = (counts[category] ?? 0) + 1;
    const isWanted =
      isFound &&
      (!categories.length || categories.some((category) => own.includes(category)));
    article.hidden = !isWanted;
    shown += isWanted;
  });
  for (const section of sections) {
    const left = section.querySelectorAll("article:not([hidden])").length;
    section.hidden = !left;
    section.querySelector(".number").textContent = number.format(left);
  }
  for (const chip of chips) chip.querySelector("span").textContent = number.format(counts[chip.value] ?? 0);
  const { all, found: some, none } = finder.dataset;
  const isWhole = shown === articles.length;
  for (const list of lists) list.hidden = !isWhole;
  const told = some.replace("{num}", number.format(shown)).replace("{all}", number.format(articles.length));
  found.textContent = isWhole ? all : shown ? told : none;
}

// After a change the first paper found stands under the box, above a phone's keyboard too.
function findAgain() {
  find();
  const first = document.querySelector("article:not([hidden])") ?? finder;
  const isSeen = first.getBoundingClientRect().top < 0.4 * innerHeight;
  if (!isSeen || finder.getBoundingClientRect().top < 0) finder.scrollIntoView();
}

// Where an address leads to is shown, whatever the box says.
function showTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target?.closest("[hidden]")) {
    words.value = "";
    for (const chip of [...chips, onlyMarked]) chip.setAttribute("aria-pressed", false);
    find();
    target.scrollIntoView();
  }
}

function showMarks() {
  const ids = new Set(marksOf(place).map(({ id }) => id));
  for (const button of document.querySelectorAll("article .mark")) {
    const isMarked = ids.has(button.closest("article").id);
    button.setAttribute("aria-pressed", isMarked);
    button.firstChild.textContent = isMarked ? finder.dataset.marked : finder.dataset.mark;
  }
  onlyMarked.querySelector("span").textContent = number.format(ids.size);
  onlyMarked.hidden = taken.hidden = !ids.size;
  taken.querySelector(".number").textContent = number.format(ids.size);
  if (pressed(onlyMarked)) {
    if (!ids.size) onlyMarked.setAttribute("aria-pressed", false);
    const had = articles.indexOf(document.activeElement?.closest("article"));
    find();
    if (had >= 0) focusNear(had);
  }
}

// Where a paper that had the focus is hidden, the next one shown gets it, or else the one before.
function focusNear(index) {
  if (!articles[index].hidden) return;
  const isShown = (article) => !article.hidden;
  const near = articles.slice(index).find(isShown) ?? articles.slice(0, index).findLast(isShown);
  (near?.querySelector(".mark") ?? words).focus();
}

for (const article of articles) {
  const button = document.createElement("button");
  const name = document.createElement("span");
  button.type = "button";
  button.className = "mark";
  name.className = "hidden";
  name.textContent = ` ${article.querySelector("h3").textContent}`;
  button.append(finder.dataset.mark, name);
  article.querySelector("details").before(button);
}
document.querySelector("main").addEventListener("click", ({ target }) => {
  const button = target.closest("button.mark");
  if (!button) return;
  const { id } = button.closest("article");
  mark(place, id, pressed(button) ? null : button.closest("article").querySelector("h3").textContent);
});
for (const chip of [...chips, onlyMarked]) {
  chip.addEventListener("click", () => {
    chip.setAttribute("aria-pressed", !pressed(chip));
    findAgain();
  });
}
words.addEventListener("input", findAgain);
words.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !words.value) return;
  words.value = "";
  findAgain();
});
finder.addEventListener("submit", (event) => {
  event.preventDefault();
  document.querySelector("article:not([hidden]) h3 a")?.focus(); // the first paper found
});
addEventListener("hashchange", showTarget);
whenMarksChange(showMarks);
for (const id of chips.length ? ["finder", "finer", "chips"] : ["finder"]) {
  document.getElementById(id).hidden = false;
}
showMarks();
find(); // a browser that goes back fills the box in again
showTarget();
