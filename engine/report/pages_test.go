//go:build chromium

package report_test

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/checklang/token"
)

// A phone is 390 px wide; a page of paper is A4 without its margins, at 96 px
// to the inch.
const (
	phoneWidth    = 390
	portraitWidth = (210 - 2*14) * 960 / 254
	wideWidth     = (297 - 2*10) * 960 / 254
)

// browser is the Chromium of this machine. Who asks for these tests by their
// tag must have one: they never skip.
func browser(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	require.Fail(t, "no Chromium", "install chromium and fonts-noto-cjk")
	return ""
}

// chromium runs it without a window and gives what it prints.
func chromium(t *testing.T, dir string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	args = append([]string{
		"--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-extensions",
		"--user-data-dir=" + filepath.Join(dir, "profile"),
	}, args...)
	command := exec.CommandContext(ctx, browser(t), args...)
	command.Dir = dir
	var stderr strings.Builder
	command.Stderr = &stderr
	out, err := command.Output()
	require.NoError(t, err, stderr.String())
	return string(out)
}

// measured is what a page says of itself in a frame of some width.
type measured struct {
	Name   string
	Client int    // the width there is
	Scroll int    // the width it takes
	Widest string // the element that reaches farthest right
	Height int
	Text   int // characters it shows
}

// measure lays pages out in frames of given widths, all in one run: the
// viewport of a frame is what media queries and scrolling go by.
func measure(t *testing.T, dir string, frames []frame) []measured {
	t.Helper()
	var b strings.Builder
	b.WriteString("<!DOCTYPE html><meta charset=\"utf-8\"><body>")
	for _, f := range frames {
		fmt.Fprintf(&b, "<iframe data-name=\"%s\" style=\"border:0;width:%dpx;height:900px\" srcdoc=\"%s\"></iframe>\n", html.EscapeString(f.name), f.width, html.EscapeString(f.page))
	}
	b.WriteString(`<pre id="out"></pre><script>
addEventListener("load", () => {
  const out = [];
  for (const f of document.querySelectorAll("iframe")) {
    const d = f.contentDocument, e = d.documentElement;
    let widest = "", reach = 0;
    for (const x of d.body.querySelectorAll("*")) {
      const r = x.getBoundingClientRect();
      if (r.right > reach) { reach = r.right; widest = x.tagName + "." + x.className + " " + x.textContent.slice(0, 40); }
    }
    out.push({Name: f.dataset.name, Client: e.clientWidth, Scroll: Math.max(e.scrollWidth, Math.floor(reach)), Widest: widest, Height: e.scrollHeight, Text: d.body.innerText.length});
  }
  const draw = (text) => {
    const c = document.createElement("canvas"), g = c.getContext("2d");
    c.width = c.height = 48;
    g.font = '32px "Noto Sans CJK SC", "Source Han Sans SC", sans-serif';
    g.fillText(text, 4, 36);
    return c.toDataURL();
  };
  const missing = draw("\u{10FFFE}"), blank = draw(" ");
  const shapes = ["检", "查", "项", "证"].map(draw);
  const chinese = new Set(shapes).size == 4 && !shapes.includes(missing) && !shapes.includes(blank);
  document.getElementById("out").textContent = JSON.stringify({Pages: out, Chinese: chinese});
});
</script>`)
	path := filepath.Join(dir, "frames.html")
	require.NoError(t, os.WriteFile(path, []byte(b.String()), 0o644))
	dom := chromium(t, dir, "--virtual-time-budget=10000", "--hide-scrollbars", "--window-size=1600,1200", "--dump-dom", "file://"+path)
	_, after, ok := strings.Cut(dom, `<pre id="out">`)
	require.True(t, ok, "the page that measures did not load")
	text, _, _ := strings.Cut(after, "</pre>")
	var out struct {
		Pages   []measured
		Chinese bool // there is a font that draws Chinese characters, each its own
	}
	require.NoError(t, json.Unmarshal([]byte(html.UnescapeString(text)), &out), text)
	require.Len(t, out.Pages, len(frames))
	assert.True(t, out.Chinese, "no font draws Chinese; install fonts-noto-cjk")
	return out.Pages
}

type frame struct {
	name, page string
	width      int
}

var policy = regexp.MustCompile(`<meta http-equiv="Content-Security-Policy"[^>]*>`)

// asPrinted gives a page the layout of paper on the screen.
func asPrinted(page string) string {
	return strings.NewReplacer("@media print {", "@media all {", "@media screen", "@media not all").Replace(page)
}

// everyPage is every kind of page that there is, by name.
func everyPage(t *testing.T) map[string]string {
	out := map[string]string{}
	for _, lang := range []token.Lang{token.Chinese, token.English} {
		for name, page := range newSite(t, "2026-09", "").pages(t, lang) {
			out[name+"."+string(lang)] = page
		}
	}
	estate := newEstate(t, "")
	for _, lang := range []token.Lang{token.Chinese, token.English} {
		for name, page := range estate.pages(t, lang, "") {
			out[name+"."+string(lang)] = page
		}
		out["standard."+string(lang)] = htmlOf(t, document(t, os.DirFS("testdata"), "standard", lang))
	}
	// Words without a place to break them, as ids and careless typing have.
	for name, page := range newSite(t, "2026-09", strings.Repeat("W", 160)).pages(t, token.Chinese) {
		out[name+" unbroken"] = page
	}
	return out
}

// wide says whether a page is printed across the paper, as the tables of
// standards are too.
func wide(page string) bool {
	return strings.Contains(page, `class="document wide"`) || !strings.Contains(page, `class="document"`)
}

// TestPagesFit lays every page out as a phone and as paper would, and lets
// nothing reach over the right edge.
func TestPagesFit(t *testing.T) {
	dir := t.TempDir()
	var frames []frame
	pages := everyPage(t)
	for _, name := range sortedNames(pages) {
		page := policy.ReplaceAllString(pages[name], "")
		paper := portraitWidth
		if wide(page) {
			paper = wideWidth
		}
		frames = append(frames, frame{name + " on a phone", page, phoneWidth}, frame{name + " on paper", asPrinted(page), paper})
	}
	// The measure must be able to fail.
	const long = `<!DOCTYPE html><body style="margin:0"><div style="width:700px">字</div>`
	frames = append(frames, frame{"too wide", long, phoneWidth})
	list := measure(t, dir, frames)
	for i, m := range list[:len(list)-1] {
		assert.Equal(t, frames[i].width, m.Client, m.Name)
		assert.LessOrEqual(t, m.Scroll, m.Client, "%s: %s", m.Name, m.Widest)
		assert.Greater(t, m.Text, 200, m.Name)
		assert.Greater(t, m.Height, 300, m.Name)
	}
	assert.Equal(t, 700, list[len(list)-1].Scroll)
}

var (
	pageObject = regexp.MustCompile(`/Type\s*/Page[^s]`)
	mediaBox   = regexp.MustCompile(`/MediaBox\s*\[\s*0 0 ([0-9.]+) ([0-9.]+)\s*\]`)
)

// TestPagesPrint prints the Chinese pages: a few sheets of A4, the right way
// round.
func TestPagesPrint(t *testing.T) {
	dir := t.TempDir()
	pages := everyPage(t)
	for _, name := range sortedNames(pages) {
		if !strings.HasSuffix(name, ".zh") || name == "corrective-blank.zh" {
			continue
		}
		path := filepath.Join(dir, name+".html")
		require.NoError(t, os.WriteFile(path, []byte(pages[name]), 0o644))
		chromium(t, dir, "--no-pdf-header-footer", "--print-to-pdf="+path+".pdf", "file://"+path)
		data, err := os.ReadFile(path + ".pdf")
		require.NoError(t, err)
		count := len(pageObject.FindAll(data, -1))
		assert.Positive(t, count, name)
		assert.LessOrEqual(t, count, 8, name)
		want := []string{"595", "842"}
		if wide(pages[name]) {
			slices.Reverse(want)
		}
		boxes := mediaBox.FindAllSubmatch(data, -1)
		require.NotEmpty(t, boxes, name)
		for _, b := range boxes {
			var w, h float64
			_, err := fmt.Sscan(string(b[1])+" "+string(b[2]), &w, &h)
			require.NoError(t, err)
			assert.Equal(t, want, []string{fmt.Sprintf("%.0f", w), fmt.Sprintf("%.0f", h)}, name)
		}
	}
}

func sortedNames(pages map[string]string) []string {
	var out []string
	for name := range pages {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}
