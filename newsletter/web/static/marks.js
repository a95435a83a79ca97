// The papers that a reader marked: kept in this browser, told to nobody.
// A place is a newsletter's slug, a slash and a day, as in the address of its issue.

const KEY = "newsletter.marks";
const SITE = new URL("../", import.meta.url);
// How a file comes apart into papers, and what names each of them.
const FILES = {
  bib: { apart: /\n(?=@)/, between: "\n", id: /^@\w+\{arXiv:([^,\s]+),/ },
  ris: { apart: /^(?=TY {2}- )/m, between: "", id: /^AN {2}- arXiv:(\S+)/m },
  csv: { apart: /^(?=.)/m, between: "", id: /^\w+,([^,]+),/ },
};

let unkept = null; // where a browser stores nothing, marks last as long as the page

function read() {
  if (unkept) return unkept;
  try {
    const found = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    return { ...found }; // whatever somebody else wrote there
  } catch {
    return {};
  }
}

function write(marks) {
  try {
    localStorage.setItem(KEY, JSON.stringify(marks));
  } catch {
    unkept = marks;
  }
  dispatchEvent(new Event("marks"));
}

// All marks of an issue, or of a newsletter's issues, newest issue first.
export function marksOf(place) {
  return Object.entries(read())
    .filter(([issue]) => issue === place || issue.startsWith(`${place}/`))
    .sort(([a], [b]) => (a < b ? 1 : -1))
    .flatMap(([issue, papers]) =>
      Object.entries(papers ?? {}).map(([id, title]) => ({ issue, id, title: String(title) })),
    );
}

// Mark a paper by its title; without one, take its mark away.
export function mark(issue, id, title) {
  const all = read();
  const papers = { ...all[issue] };
  delete papers[id];
  if (title) papers[id] = title;
  all[issue] = papers;
  if (!Object.keys(papers).length) delete all[issue];
  write(all);
}

export function whenMarksChange(act) {
  addEventListener("marks", act);
  addEventListener("storage", (event) => event.key === KEY && act()); // in another tab
}

// The marked papers as one file, cut out of the files of their issues.
async function collect(place, extension) {
  const { apart, between, id } = FILES[extension];
  const marks = marksOf(place);
  const found = new Map();
  let head = "";
  for (const issue of new Set(marks.map((one) => one.issue))) {
    const answer = await fetch(new URL(`${issue}/papers.${extension}`, SITE));
    if (!answer.ok) throw new Error(answer.statusText);
    const wanted = new Set(marks.filter((one) => one.issue === issue).map((one) => one.id));
    for (const part of (await answer.text()).split(apart)) {
      const name = part.match(id)?.[1];
      if (name === "arxiv_id") head = `\ufeff${part}`; // for Excel, as in the file itself
      else if (wanted.has(name) && !found.has(name)) found.set(name, part);
    }
  }
  return head + [...found.values()].join(between);
}

function save(text, name, type) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

// The list of marks at the foot of a page, with its buttons.
function showMarks(section) {
  const place = section.dataset.place;
  const marks = marksOf(place);
  section.hidden = !marks.length;
  section.querySelector(".number").textContent = marks.length.toLocaleString(document.documentElement.lang);
  section.querySelector("ul").replaceChildren(
    ...marks.map(({ issue, id, title }) => {
      const link = document.createElement("a");
      link.href = issue === place ? `#${id}` : new URL(`${issue}#${id}`, SITE);
      link.textContent = title;
      link.lang = "en";
      const item = document.createElement("li");
      item.append(link);
      return item;
    }),
  );
}

const section = document.getElementById("marks");
section.addEventListener("click", async ({ target }) => {
  const button = target.closest("button");
  const { place, failed } = section.dataset;
  if (button?.dataset.extension) {
    const { extension, type } = button.dataset;
    const told = section.querySelector("[role=status]");
    told.textContent = "";
    try {
      save(await collect(place, extension), `${place.replace("/", "-")}-marked.${extension}`, type);
    } catch {
      told.textContent = failed;
    }
  } else if (button && confirm(`${button.textContent}?`)) {
    for (const { issue, id } of marksOf(place)) mark(issue, id, null);
    focusBefore(section); // which is hidden now
  }
});

// The last link before something gets the focus that it had.
function focusBefore(gone) {
  const isBefore = (link) => gone.compareDocumentPosition(link) & Node.DOCUMENT_POSITION_PRECEDING;
  const links = [...document.querySelectorAll("main a[href]")];
  links.findLast((link) => isBefore(link) && !link.closest("[hidden], details:not([open])"))?.focus();
}

whenMarksChange(() => showMarks(section));
showMarks(section);
