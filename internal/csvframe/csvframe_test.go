package csvframe_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/pinjian/pinjian/internal/csvframe"
)

func read(t *testing.T, text string, o csvframe.Options) ([]string, error) {
	t.Helper()
	f, err := csvframe.Open(strings.NewReader(text), o)
	if err != nil {
		return nil, err
	}
	var out []string
	for u, err := range f.Units() {
		if err != nil {
			return out, err
		}
		out = append(out, u.ID+"|"+strings.Join(u.Stratum, "/"))
	}
	return out, nil
}

func TestUnits(t *testing.T) {
	t.Parallel()
	const text = "编号,片区,栋\r\nA1,东,1\r\n\"A,2\",西,2\r\n"
	want := []string{"A1|东/1", "A,2|西/2"}
	strata := csvframe.Options{Strata: []string{"片区", "栋"}}
	for name, input := range map[string]string{"plain": text, "byte order mark": "\ufeff" + text, "no last line end": strings.TrimSuffix(text, "\r\n"), "LF": strings.ReplaceAll(text, "\r", "")} {
		got, err := read(t, input, strata)
		require.NoError(t, err, name)
		assert.Equal(t, want, got, name)
	}
	encoded, err := simplifiedchinese.GB18030.NewEncoder().String(text)
	require.NoError(t, err)
	strata.GB18030 = true
	got, err := read(t, encoded, strata)
	require.NoError(t, err)
	assert.Equal(t, want, got)
	got, err = read(t, text, csvframe.Options{ID: "栋"})
	require.NoError(t, err)
	assert.Equal(t, []string{"1|", "2|"}, got)
	got, err = read(t, "id\n", csvframe.Options{})
	require.NoError(t, err)
	assert.Empty(t, got)
}

func TestLongStartIsRecognised(t *testing.T) {
	t.Parallel()
	for shift := range 4 { // a character is cut by the window at each place
		text := "id\n" + strings.Repeat("a", shift) + strings.Repeat("编", 40_000) + "\n"
		got, err := read(t, text, csvframe.Options{})
		require.NoError(t, err, shift)
		require.Len(t, got, 1)
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	encoded, err := simplifiedchinese.GB18030.NewEncoder().String("编号\n东一\n")
	require.NoError(t, err)
	for name, c := range map[string]struct {
		text    string
		options csvframe.Options
		line    int
		zh, en  string
	}{
		"empty":      {"", csvframe.Options{}, 1, "名单是空的", "the frame is empty"},
		"GB18030":    {encoded, csvframe.Options{}, 0, "GB18030", "looks like GB18030"},
		"UTF-16":     {"\xff\xfei\x00", csvframe.Options{}, 0, "UTF-16", "UTF-16"},
		"no column":  {"id,b\n", csvframe.Options{ID: "编号"}, 1, "没有列“编号”，有：id, b", `no column "编号"`},
		"no stratum": {"id,b\n", csvframe.Options{Strata: []string{"c"}}, 1, "没有列“c”", `no column "c"`},
		"columns":    {"id,b\n1,2\n3\n", csvframe.Options{}, 3, "第 3 行的列数", "line 3 of the frame"},
		"quotes":     {"id,b\n1,a\"b\n", csvframe.Options{}, 2, "第 2 行的引号", "unpaired quotation mark"},
	} {
		_, err := read(t, c.text, c.options)
		var refused *csvframe.Error
		require.ErrorAs(t, err, &refused, name)
		assert.Equal(t, c.line, refused.Line, name)
		assert.Contains(t, refused.Words.ZH, c.zh, name)
		assert.Contains(t, refused.Error(), c.en, name)
	}
}

func FuzzUnits(f *testing.F) {
	f.Add("id,b\n1,2\n", false)
	f.Add("\ufeffid\n\"1\n", false)
	f.Add("\xb1\xe0\n\xb6\xab\n", true)
	f.Fuzz(func(_ *testing.T, text string, gb18030 bool) {
		frame, err := csvframe.Open(strings.NewReader(text), csvframe.Options{GB18030: gb18030})
		if err != nil {
			return
		}
		for _, err := range frame.Units() {
			_ = err // any row may be refused, none may panic
		}
	})
}
