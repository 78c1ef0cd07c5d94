package report_test

import (
	"bytes"
	"context"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/checklang/token"
	"github.com/pinjian/pinjian/engine/report"
	"github.com/pinjian/pinjian/stdlib"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func load(t testing.TB, fsys fs.FS, dir string) *checklang.Checked {
	t.Helper()
	checked, list, err := checklang.Load(context.Background(), fsys, dir, checklang.Options{Library: stdlib.FS()})
	require.NoError(t, err)
	require.False(t, list.HasErrors(), list.Error())
	return checked
}

func document(t testing.TB, fsys fs.FS, dir string, lang token.Lang) *report.StandardDocument {
	t.Helper()
	notes, err := fs.ReadFile(fsys, dir+"/NOTES.md")
	if err != nil {
		require.ErrorIs(t, err, fs.ErrNotExist)
	}
	d, err := report.NewStandardDocument(load(t, fsys, dir), report.StandardOptions{Keywords: lang, Notes: notes})
	require.NoError(t, err)
	return d
}

func written(t testing.TB, write func(*bytes.Buffer) error) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, write(&b))
	return b.String()
}

func htmlOf(t testing.TB, d *report.StandardDocument) string {
	return written(t, func(b *bytes.Buffer) error { return d.WriteHTML(b) })
}

func markdownOf(t testing.TB, d *report.StandardDocument) string {
	return written(t, func(b *bytes.Buffer) error { return d.WriteMarkdown(b) })
}

var standards = []string{"continuous", "indicators", "details", "scorecard", "three-level", "property"}

func TestStandardGolden(t *testing.T) {
	t.Parallel()
	for _, lang := range []token.Lang{token.English, token.Chinese} {
		d := document(t, os.DirFS("testdata"), "standard", lang)
		page := htmlOf(t, d)
		_, body, ok := strings.Cut(page, "</style>") // the style sheet stands in its own file
		require.True(t, ok)
		for name, got := range map[string]string{"standard." + string(lang) + ".html": body, "standard." + string(lang) + ".md": markdownOf(t, d)} {
			path := filepath.Join("testdata", name)
			if *update {
				require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
			}
			want, err := os.ReadFile(path)
			require.NoError(t, err)
			assert.Equal(t, string(want), got, name)
		}
	}
}

// TestStandardShowsEverything looks for every text of the library's standards
// in the model: titles, requirements, methods, labels, reasons, notes.
func TestStandardShowsEverything(t *testing.T) {
	t.Parallel()
	for _, name := range standards[:5] {
		for _, lang := range []token.Lang{token.English, token.Chinese} {
			checked := load(t, stdlib.FS(), name)
			d := document(t, stdlib.FS(), name, lang)
			text := modelText(d)
			want := []string{checked.Standard.Title}
			for _, i := range checked.Items {
				want = append(want, i.Code+" "+i.Title)
				want = append(want, i.Require...)
				want = append(want, i.Sources...)
				for _, p := range i.Parts {
					want = append(want, p.Require...)
					want = append(want, p.Name.First)
					for _, m := range p.Methods {
						want = append(want, m.Text)
						for _, a := range m.Answers {
							want = append(want, a.Name.First)
						}
					}
					for _, k := range p.Criteria {
						want = append(want, k.Label)
					}
				}
			}
			for _, s := range checked.Sections {
				want = append(want, s.Code+" "+s.Title)
			}
			for _, tier := range checked.Tiers {
				want = append(want, tier.Title, tier.Organiser, tier.Approver)
				for _, c := range tier.Contents {
					want = append(want, c.Text, c.Doc)
				}
			}
			for _, a := range checked.Accepts {
				want = append(want, a.Reason.Value)
			}
			for _, f := range checked.Defines {
				want = append(want, f.Name.First)
			}
			for _, tab := range checked.Tables {
				want = append(want, tab.Name.First)
			}
			notes, err := fs.ReadFile(stdlib.FS(), name+"/NOTES.md")
			require.NoError(t, err)
			for line := range strings.Lines(string(notes)) {
				for _, cell := range strings.Split(strings.NewReplacer("`", "", "# ", "", "---", "").Replace(line), "|") {
					if cell = strings.TrimSpace(strings.TrimLeft(cell, "#")); cell != "读法说明" {
						want = append(want, cell)
					}
				}
			}
			for _, s := range want {
				assert.Contains(t, text, s, name)
			}
		}
	}
}

func modelText(d *report.StandardDocument) string {
	var b strings.Builder
	b.WriteString(d.Title + "\n")
	for _, block := range d.Blocks {
		b.WriteString(block.Line.Text() + "\n")
		if block.Table != nil {
			for _, c := range block.Table.Columns {
				b.WriteString(c.Title + "\n")
			}
			for _, r := range block.Table.Rows {
				for _, c := range r.Cells {
					b.WriteString(c.Text() + "\n")
				}
			}
		}
	}
	return b.String()
}

// TestStandardShape checks what every writer relies on.
func TestStandardShape(t *testing.T) {
	t.Parallel()
	for _, name := range standards {
		d := document(t, stdlib.FS(), name, token.Chinese)
		printed := 0
		anchors, links := map[string]bool{}, map[string]bool{}
		note := func(anchor string) {
			if anchor != "" {
				assert.False(t, anchors[anchor], "%s: two blocks or rows are named %s", name, anchor)
				anchors[anchor] = true
			}
		}
		for _, b := range d.Blocks {
			note(b.Anchor)
			if b.Table == nil {
				continue
			}
			width := 0
			var titles []string
			for _, c := range b.Table.Columns {
				width += c.Width
				titles = append(titles, c.Title)
			}
			assert.Equal(t, 100, width, "%s: %v", name, titles)
			if strings.Join(titles, " ") == "文件名称 检查内容 检查方式 检查频率 检查比例 检查方法 评价标准" {
				printed++
			}
			for i, r := range b.Table.Rows {
				note(r.Anchor)
				assert.Len(t, r.Cells, len(titles), name)
				assert.False(t, i == 0 && r.Continues, name)
				for j, c := range r.Cells {
					if r.Continues && b.Table.Columns[j].Joined {
						assert.Empty(t, c, name)
					}
					for _, l := range c {
						for _, s := range l {
							links[s.Link] = true
						}
					}
				}
			}
		}
		delete(links, "")
		for l := range links {
			assert.True(t, anchors[l], "%s: link to %s", name, l)
		}
		if name != "property" {
			assert.Positive(t, printed, name)
		}
	}
}

// TestStandardDeterministic writes twice from sources loaded twice.
func TestStandardDeterministic(t *testing.T) {
	t.Parallel()
	for _, name := range standards {
		a, b := document(t, stdlib.FS(), name, token.Chinese), document(t, stdlib.FS(), name, token.Chinese)
		assert.Equal(t, htmlOf(t, a), htmlOf(t, b))
		assert.Equal(t, markdownOf(t, a), markdownOf(t, b))
	}
}

func TestStandardLanguage(t *testing.T) {
	t.Parallel()
	checked := load(t, stdlib.FS(), "scorecard")
	_, err := report.NewStandardDocument(checked, report.StandardOptions{Keywords: "fr"})
	require.ErrorContains(t, err, `"fr"`)
	d, err := report.NewStandardDocument(checked, report.StandardOptions{})
	require.NoError(t, err)
	assert.Equal(t, token.English, d.Language)
	assert.Contains(t, modelText(d), "deduct 0.5 per 处")
	// The keywords of one language leave none of the other in conditions.
	chinese := modelText(document(t, stdlib.FS(), "continuous", token.Chinese))
	assert.NotRegexp(t, `\b(is absent|is present|and|or|not|same_day|workdays|as_of)\b`, chinese)
	assert.Contains(t, chinese, "派单时间 为空 或 派单时间 - 登记时间 > 10分钟")
	english := modelText(document(t, stdlib.FS(), "continuous", token.English))
	assert.Contains(t, english, "派单时间 is absent or 派单时间 - 登记时间 > 10m")
}

// hostile holds everything that HTML, Markdown and spreadsheets read as marks.
const hostile = `<script>alert(1)</script> & 'x' "y" | a|b \ ` + "`c`" + ` *d* _e_ [f](g) # h ~i~ =1+1 <!-- j --> {k} ![l](m) &lt;`

// TestStandardEscapes puts hostile texts everywhere and wants them to be read
// as they were written.
func TestStandardEscapes(t *testing.T) {
	t.Parallel()
	q := token.Quote(hostile)
	source := "lang 1\n\n// " + hostile + "\nstandard s " + q + " { version " + q + " }\n\ndefine p : int\n\nrecord R { a : text }\n\nitem 1 " + q + " {\n  every month\n  require " + q + "\n  source " + q + "\n  sample 2 R\n  review " + q +
		"\n  fail when a == " + q + " : " + q + "\n  refer when size(a) > p : \"r\"\n}\n"
	fsys := fstest.MapFS{"s/a.chk": {Data: []byte(source)}, "s/NOTES.md": {Data: []byte("# n\n\n" + hostile + "\n\n| 1 |\n| --- |\n| " + strings.ReplaceAll(hostile, "|", `\|`) + " |\n")}}
	d := document(t, fsys, "s", token.English)
	page := htmlOf(t, d)
	body := page[strings.Index(page, "</style>"):]
	balanced(t, page)
	for _, tag := range []string{"<script", "<!--"} {
		assert.NotContains(t, body, tag)
	}
	// Reading the HTML back gives the hostile text.
	assert.GreaterOrEqual(t, strings.Count(unescapeHTML(tags.ReplaceAllString(body, "")), hostile), 7)
	markdown := markdownOf(t, d)
	assert.NotContains(t, markdown, "<script")
	for line := range strings.Lines(markdown) {
		if strings.HasPrefix(line, "|") {
			bars := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|")
			assert.Contains(t, []int{2, 3, 4, 8}, bars, line)
		}
	}
	assert.GreaterOrEqual(t, strings.Count(unescapeMarkdown(markdown), hostile), 7)
}

var tags = regexp.MustCompile(`<[^>]*>`)

func unescapeHTML(s string) string {
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&#34;", `"`, "&#39;", "'", "&amp;", "&").Replace(s)
}

func unescapeMarkdown(s string) string {
	s = regexp.MustCompile("\\\\([\\\\`*_{}\\[\\]|#~!.+-])").ReplaceAllString(s, "$1")
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(strings.ReplaceAll(s, "**", ""))
}

var element = regexp.MustCompile(`<(/?)([a-z0-9]+)[^>]*>`)

// balanced checks that every element is closed in its turn.
func balanced(t require.TestingT, page string) {
	var open []string
	for _, m := range element.FindAllStringSubmatch(page, -1) {
		switch {
		case m[2] == "meta" || m[2] == "col" || m[2] == "img":
		case m[1] == "":
			open = append(open, m[2])
		default:
			require.NotEmpty(t, open, m[0])
			require.Equal(t, open[len(open)-1], m[2])
			open = open[:len(open)-1]
		}
	}
	require.Empty(t, open)
}

// TestStandardHTMLOffline wants one file without anything from elsewhere.
func TestStandardHTMLOffline(t *testing.T) {
	t.Parallel()
	for _, name := range standards {
		page := htmlOf(t, document(t, stdlib.FS(), name, token.Chinese))
		balanced(t, page)
		assert.NotRegexp(t, `(?i)<(script|img|link|iframe)|url\(|@import|https?:`, page)
		assert.Contains(t, page, "@page")
		assert.Contains(t, page, "table-header-group")
	}
}

// TestNotesNeverBreak feeds notes of any shape.
func TestNotesNeverBreak(t *testing.T) {
	t.Parallel()
	checked := load(t, stdlib.FS(), "scorecard")
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom([]string{"", "# a", "## b", "###", "| a | b |", "|---|---|", "| - |", "|", "||", "- x", "`", "a `b` c", "| `x\\|y` | 至 |", "| 1 至 3 | x |"}), rapid.String()), 0, 12).Draw(t, "lines")
		d, err := report.NewStandardDocument(checked, report.StandardOptions{Notes: []byte(strings.Join(lines, "\n"))})
		require.NoError(t, err)
		var b bytes.Buffer
		require.NoError(t, d.WriteHTML(&b))
		balanced(t, b.String())
		require.NoError(t, d.WriteMarkdown(&b))
	})
}
