package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What the guide for authors shows `chk test` to print is what it prints.
func TestTheGuideShowsWhatTestPrints(t *testing.T) {
	text, err := os.ReadFile("../../checklang/GUIDE.zh.md")
	require.NoError(t, err)
	guide := string(text)
	standards := map[string]map[string]string{"我的标准": {}, "标准": {}}
	for _, m := range regexp.MustCompile("(?s)```chk( file=标准/\\S+)?\n(.*?)```").FindAllStringSubmatch(guide, -1) {
		switch {
		case m[1] != "":
			standards["标准"][filepath.Base(m[1])] = m[2]
		case strings.Contains(m[2], "测试 1 \"没去看\""):
			standards["我的标准"]["门岗.chk"] = m[2]
		}
	}
	for name, files := range standards {
		require.NotEmpty(t, files)
		dir := filepath.Join(t.TempDir(), name)
		require.NoError(t, os.Mkdir(dir, 0o755))
		for file, text := range files {
			require.NoError(t, os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600))
		}
		var stdout, stderr bytes.Buffer
		code := execute(context.Background(), []string{"--lang", "zh", "test", dir}, func(string) string { return "" }, nil, &stdout, &stderr)
		require.Equal(t, done, code, stderr.String())
		shown := "    " + strings.ReplaceAll(strings.TrimSpace(strings.ReplaceAll(stdout.String(), dir, name)), "\n", "\n    ") + "\n"
		assert.Contains(t, guide, shown)
	}
}
