package report_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/pinjian/pinjian/checklang/token"
	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/report"
	"github.com/pinjian/pinjian/engine/schema/schematest"
)

// digests are what changes with every word of a standard, and with how a
// release packs images; the golden files do without.
var digests = regexp.MustCompile(`\b[0-9a-f]{64}\b|SHA-256 [0-9a-f]{16}\b|base64,[A-Za-z0-9+/=]+`)

func golden(t *testing.T, name, got string) {
	t.Helper()
	got = digests.ReplaceAllString(got, "DIGEST")
	path := filepath.Join("testdata", "documents", name)
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, string(want), got, name)
}

// TestDocumentGolden compares every document with what was read and found
// right, without the style sheets, which stand in files of their own.
func TestDocumentGolden(t *testing.T) {
	t.Parallel()
	for _, lang := range []token.Lang{token.Chinese, token.English} {
		w := newSite(t, "2026-09", "")
		for name, page := range w.pages(t, lang) {
			_, body, ok := strings.Cut(page, "</style>")
			require.True(t, ok)
			golden(t, name+"."+string(lang)+".html", body)
		}
		for name, d := range w.models(t, lang) {
			data, err := json.MarshalIndent(d, "", "  ")
			require.NoError(t, err)
			require.NoError(t, schematest.Check("", data), name)
			golden(t, name+"."+string(lang)+".json", string(data)+"\n")
		}
	}
}

// models are the documents that have JSON.
func (w *site) models(t require.TestingT, lang token.Lang) map[string]any {
	notice, err := report.Notice(w.Standard, w.request(), w.options(lang))
	require.NoError(t, err)
	out := map[string]any{"notice": notice}
	for _, f := range w.findings {
		d, err := report.CorrectiveAction(w.Standard, f, w.options(lang))
		require.NoError(t, err)
		name := "corrective"
		if f.Label != "无人值守" {
			name = "corrective-blank"
		}
		out[name] = d
	}
	return out
}

func (w *site) request() report.NoticeRequest {
	return report.NoticeRequest{Plan: w.plan, Result: w.result, Findings: w.findings, Submissions: w.submissions}
}

// TestDocumentsAreTheSameAgain makes everything twice.
func TestDocumentsAreTheSameAgain(t *testing.T) {
	t.Parallel()
	a, b := newSite(t, "2026-09", ""), newSite(t, "2026-09", "")
	assert.Equal(t, a.pages(t, token.Chinese), b.pages(t, token.Chinese))
	one, err := json.Marshal(a.models(t, token.English))
	require.NoError(t, err)
	two, err := json.Marshal(b.models(t, token.English))
	require.NoError(t, err)
	assert.Equal(t, string(one), string(two))
}

// TestDocumentsOffline wants one file each that fetches and runs nothing, with
// what paper and phones need.
func TestDocumentsOffline(t *testing.T) {
	t.Parallel()
	for _, lang := range []token.Lang{token.Chinese, token.English} {
		for name, page := range newSite(t, "2026-09", "").pages(t, lang) {
			balanced(t, page)
			assert.NotRegexp(t, `(?i)<(script|link|iframe|object|form)|url\(|@import|https?:|\son[a-z]+=|javascript:`, page, name)
			assert.NotRegexp(t, `<img(?: alt="[^"]*")? src="[^d]`, page, name)
			for _, want := range []string{"default-src 'none'", "size: A4 portrait", "table-header-group", "break-inside: avoid", "width=device-width", "Noto Sans CJK SC"} {
				assert.Contains(t, page, want, name)
			}
		}
	}
}

var attributes = regexp.MustCompile(`="[^"]*"`)

// skeleton is the elements and attribute names of a page, in order.
func skeleton(page string) []string {
	_, body, _ := strings.Cut(page, "</style>")
	var out []string
	for _, tag := range tags.FindAllString(body, -1) {
		out = append(out, attributes.ReplaceAllString(tag, ""))
	}
	return out
}

// TestTextsStayTexts: whatever people write into names, remarks, answers and
// frames, the page has the elements that it has with harmless words, and reads
// as it was written.
func TestTextsStayTexts(t *testing.T) {
	t.Parallel()
	harmless := map[token.Lang]map[string]string{}
	for _, lang := range []token.Lang{token.Chinese, token.English} {
		harmless[lang] = newSite(t, "2026-09", "x").pages(t, lang)
	}
	pieces := []string{
		"<script>alert(1)</script>", "</td></tr></table>", `"`, "'", "`", "&lt;", "&", "=1+1", "@SUM(A1)", "+1", "-1", "|", "<!--", "-->", "]]>", "{{.}}", "${x}",
		`" onerror="alert(1)`, "</style><style>*{display:none}", "</title>", "javascript:alert(1)", "\u202e", "\u2066", "\u0000", "\u0085", "\xff", "\ufeff", "𠮷", "汉", "\t", "　",
	}
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(pieces), rapid.StringN(0, 6, 12)), 1, 5).Draw(t, "pieces")
		text := "x" + strings.NewReplacer("\n", "", "\r", "").Replace(strings.Join(parts, ""))
		text = strings.ToValidUTF8(text, "?") // a command refuses what is not UTF-8
		if strings.TrimSpace(text) == "" {
			return
		}
		lang := rapid.SampledFrom([]token.Lang{token.Chinese, token.English}).Draw(t, "lang")
		for name, page := range newSite(t, "2026-09", text).pages(t, lang) {
			balanced(t, page)
			assert.Equal(t, skeleton(harmless[lang][name]), skeleton(page), name)
			if strings.ContainsFunc(text, func(r rune) bool {
				return r < ' ' || r >= 0x7f && r < 0xa0 || r > 0x2000 && r < 0x2070 || r >= 0xFFF0 && r <= 0xFFFF
			}) {
				continue // replaced by a sign that says so
			}
			_, body, _ := strings.Cut(page, "</style>")
			read := unescapeHTML(tags.ReplaceAllString(body, "\n"))
			want := "李建国" + text
			switch name {
			case "corrective", "corrective-blank":
				want = "秩序部" + text
			case "scoresheet":
				continue // nothing that people write is in it
			}
			assert.Contains(t, read, want, name)
		}
	})
}

// TestPersonalFieldsAreMasked looks for the phone number of the frame.
func TestPersonalFieldsAreMasked(t *testing.T) {
	t.Parallel()
	w := newSite(t, "2026-09", "")
	for name, page := range w.pages(t, token.Chinese) {
		assert.NotContains(t, page, "13800000000", name)
	}
	data, err := json.Marshal(w.models(t, token.Chinese))
	require.NoError(t, err)
	assert.NotContains(t, string(data), "13800000000")
	assert.Contains(t, w.pages(t, token.Chinese)["checksheet"], "＊＊＊")
}

// TestPhotos: shown with the right bytes, named where there are none, other
// bytes or no image, and an error of the host ends the page.
func TestPhotos(t *testing.T) {
	t.Parallel()
	w := newSite(t, "2026-09", "")
	page := w.pages(t, token.Chinese)["notice"]
	assert.Equal(t, 3, strings.Count(page, "<img "))
	for _, want := range []string{"照片缺失：", "丢失的照片.png", "另附文件：", "值班表.pdf", strings.Repeat("ab", 32)} {
		assert.Contains(t, page, want)
	}
	shown := func(o report.Options) (string, error) {
		d, err := report.Notice(w.Standard, w.request(), o)
		require.NoError(t, err)
		var b bytes.Buffer
		err = d.WriteHTML(&b)
		return b.String(), err
	}
	page, err := shown(report.Options{})
	require.NoError(t, err)
	assert.NotContains(t, page, "<img ")
	assert.Equal(t, 4, strings.Count(page, "照片缺失："))
	for hash := range w.photos {
		assert.Contains(t, page, hash, "one that is not shown is named in full")
	}
	for data, want := range map[string]string{"\x89PNG\r\n\x1a\nforged": "照片内容与散列不符", "<svg onload='alert(1)'/>": "照片内容与散列不符"} {
		page, err = shown(report.Options{Photos: func(string) ([]byte, error) { return []byte(data), nil }})
		require.NoError(t, err)
		assert.NotContains(t, page, "<img ")
		assert.Contains(t, page, want)
	}
	broken := errors.New("the store is down")
	_, err = shown(report.Options{Photos: func(string) ([]byte, error) { return nil, broken }})
	require.ErrorIs(t, err, broken)
	_, err = shown(report.Options{Photos: func(string) ([]byte, error) { return nil, fs.ErrNotExist }})
	require.NoError(t, err)
}

// TestNoticeTellsEverything: every finding, every reason, what is missing, and
// what was refused.
func TestNoticeTellsEverything(t *testing.T) {
	t.Parallel()
	w := newSite(t, "2026-09", "")
	d, err := report.Notice(w.Standard, w.request(), report.Options{Lang: token.Chinese})
	require.NoError(t, err)
	assert.Len(t, d.Findings, len(w.findings))
	var b bytes.Buffer
	require.NoError(t, d.WriteHTML(&b))
	page := unescapeHTML(tags.ReplaceAllString(b.String(), ""))
	for _, v := range w.result.Verdicts {
		for _, r := range v.Reasons {
			if r.Key != "pass" {
				assert.Contains(t, page, engine.Text(token.Chinese, r))
			}
		}
	}
	for _, f := range w.findings {
		assert.Contains(t, page, f.ID)
	}
	open := map[string]bool{}
	for _, g := range d.Open {
		for _, n := range g.Names {
			open[g.Part+" "+n] = true
		}
	}
	assert.Equal(t, map[string]bool{"006/5.2 接待态度": true, "006/5.2 等候分钟数": true, "006/5.2 等候过久，是否算怠慢": true, "006/5.3 公示率": true}, open)

	// A finding of an earlier month is told apart while it is not closed.
	earlier := newSite(t, "2026-08", "")
	r := w.request()
	r.Findings = append(r.Findings, earlier.findings...)
	d, err = report.Notice(w.Standard, r, report.Options{})
	require.NoError(t, err)
	assert.Len(t, d.Earlier, len(earlier.findings))
	assert.Equal(t, engine.Major, d.Earlier[0].Grade)
}

// TestDocumentRefusals: what can't be told is refused in both languages.
func TestDocumentRefusals(t *testing.T) {
	t.Parallel()
	w := newSite(t, "2026-09", "")
	other, _, err := engine.Load(context.Background(), fstest.MapFS{"a.chk": {Data: []byte("lang 1\nitem 1 \"x\" {\n  every month\n  observe \"y\" -> ok : bool\n  fail when not ok : \"z\"\n}\n")}}, ".", engine.Options{})
	require.NoError(t, err)
	notice := func(s *engine.Standard, change func(r *report.NoticeRequest)) error {
		r := w.request()
		change(&r)
		_, err := report.Notice(s, r, report.Options{})
		return err
	}
	stranger := w.findings[0]
	stranger.Subject = "P9"
	var b bytes.Buffer
	read := &report.NoticeDocument{}
	action := &report.CorrectiveActionDocument{}
	badPeriod := *w.plan
	badPeriod.Period = engine.Period{Name: "soon", Start: time.Unix(0, 0), End: time.Unix(1, 0)}
	for name, err := range map[string]error{
		"no standard":    notice(nil, func(*report.NoticeRequest) {}),
		"another":        notice(other, func(*report.NoticeRequest) {}),
		"no plan":        notice(w.Standard, func(r *report.NoticeRequest) { r.Plan = nil }),
		"no result":      notice(w.Standard, func(r *report.NoticeRequest) { r.Result = nil }),
		"another plan":   notice(w.Standard, func(r *report.NoticeRequest) { p := *r.Plan; p.Digest = "x"; r.Plan = &p }),
		"no task":        notice(w.Standard, func(r *report.NoticeRequest) { p := *r.Plan; p.Tasks = nil; r.Plan = &p }),
		"stranger":       notice(w.Standard, func(r *report.NoticeRequest) { r.Findings = []engine.Finding{stranger} }),
		"read back":      read.WriteHTML(&b),
		"action read":    action.WriteHTML(&b),
		"no sheet":       report.WriteCheckSheets(&b, w.Standard, []*engine.Sheet{nil}, report.Options{}),
		"none":           report.WriteCheckSheets(&b, w.Standard, nil, report.Options{}),
		"other sheet":    report.WriteCheckSheets(&b, other, []*engine.Sheet{w.sheet}, report.Options{}),
		"no score":       report.WriteScoreSheet(&b, w.Standard, nil, report.Options{}),
		"no plans":       report.WriteCalendar(&b, w.Standard, report.CalendarRequest{}, report.Options{}),
		"other plans":    report.WriteCalendar(&b, other, report.CalendarRequest{Plans: []*engine.Plan{w.plan}}, report.Options{}),
		"nil plan":       report.WriteCalendar(&b, w.Standard, report.CalendarRequest{Plans: []*engine.Plan{nil}}, report.Options{}),
		"unknown period": report.WriteCalendar(&b, w.Standard, report.CalendarRequest{Plans: []*engine.Plan{&badPeriod}}, report.Options{}),
		"language":       report.WriteCheckSheets(&b, w.Standard, []*engine.Sheet{w.sheet}, report.Options{Lang: "fr"}),
	} {
		var refusal *engine.Refusal
		require.ErrorAs(t, err, &refusal, name)
		assert.NotEmpty(t, refusal.Words.ZH, name)
		assert.NotEmpty(t, refusal.Words.EN, name)
	}
	_, err = report.CorrectiveAction(w.Standard, engine.Finding{}, report.Options{})
	require.Error(t, err)
	_, err = report.CorrectiveAction(other, w.findings[0], report.Options{})
	require.Error(t, err)
	assert.Zero(t, b.Len(), "nothing is half written")
}

// TestCorrectiveActionFollowsTheEvents: blank while nothing is known, filled in
// by the answer, and by the verification that holds; what was not enough
// stays as a round of its own.
func TestCorrectiveActionFollowsTheEvents(t *testing.T) {
	t.Parallel()
	w := newSite(t, "2026-09", "")
	at := slices.IndexFunc(w.findings, func(f engine.Finding) bool { return f.Label == "无人值守" })
	f := w.findings[at]
	opened, err := engine.Fold(slices.Values(f.Events[:1]))
	require.NoError(t, err)
	of := func(f engine.Finding) *report.CorrectiveActionDocument {
		d, err := report.CorrectiveAction(w.Standard, f, report.Options{})
		require.NoError(t, err)
		return d
	}
	blank := of(opened)
	assert.Empty(t, blank.Fields)
	assert.Empty(t, blank.Rounds)
	assert.Equal(t, []string{"无人值守：有人值守 = 否"}, blank.Reasons)

	answered := of(f)
	assert.Equal(t, f.Answer, answered.Fields)
	require.Len(t, answered.Rounds, 2)
	assert.Equal(t, "answer", answered.Rounds[0].Kind)
	assert.Equal(t, "ineffective", answered.Rounds[1].Fields["result"])
	assert.Empty(t, answered.Verifier)

	e, err := w.Step(f, engine.Command{
		ID: "v2", Kind: "verify", By: "zhao", At: f.Opened.Add(100 * time.Hour), Version: f.Version,
		Fields: map[string]string{"result": "effective", "method": "on site", "verification": "连看三天都有人", "effectiveness": "没有再发生"},
	})
	require.NoError(t, err)
	verified, err := engine.Fold(slices.Values(append(slices.Clone(f.Events), e)))
	require.NoError(t, err)
	d := of(verified)
	assert.Equal(t, "没有再发生", d.Fields["effectiveness"])
	assert.Equal(t, "zhao", d.Verifier)
	assert.Len(t, d.Rounds, 2)
	var b bytes.Buffer
	require.NoError(t, d.WriteHTML(&b))
	assert.Contains(t, b.String(), "☑ 现场验证")
	assert.Contains(t, b.String(), "☑ 有效")

	again, err := w.Step(verified, engine.Command{ID: "r", Kind: "reopen", By: "boss", At: f.Opened.Add(101 * time.Hour), Version: verified.Version, Fields: map[string]string{"reason": "又没有人"}})
	require.NoError(t, err)
	reopened, err := engine.Fold(slices.Values(append(slices.Clone(verified.Events), again)))
	require.NoError(t, err)
	d = of(reopened)
	assert.Empty(t, d.Fields, "a new round begins with an empty form")
	assert.Empty(t, d.Verifier)
	assert.Len(t, d.Rounds, 5)
	assert.Equal(t, "又没有人", d.Rounds[4].Fields["reason"])
}
