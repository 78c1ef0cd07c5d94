package checklang_test

import (
	"context"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/checklang"
)

// wellFormed demands of any text that it is diagnosed without a panic, with
// every range inside the file and every fix applicable.
func wellFormed(t require.TestingT, data []byte) {
	_, list, err := checklang.Load(context.Background(), fstest.MapFS{"a.chk": {Data: data}}, "a.chk", checklang.Options{Library: library()})
	require.NoError(t, err)
	for _, d := range list {
		require.True(t, d.Span.IsValid())
		require.NotEmpty(t, d.Message(checklang.Chinese))
		if d.Span.File.Name() != "a.chk" {
			continue
		}
		length := uint32(len(d.Span.File.Text()))
		require.LessOrEqual(t, d.Span.Start, d.Span.End, d.Error())
		require.LessOrEqual(t, d.Span.End, length, d.Error())
		for _, fix := range d.Fixes {
			for _, e := range fix.Edits {
				require.LessOrEqual(t, e.Span.Start, e.Span.End, d.Error())
				require.LessOrEqual(t, e.Span.End, length, d.Error())
			}
		}
	}
}

// Every beginning of every file of the corpus is a file too, as an author
// types it; so is every file with a piece left out.
func TestUnfinishedFilesAreDiagnosed(t *testing.T) {
	for _, files := range corpusCases(t) {
		for _, f := range files {
			step := max(1, len(f.Data)/60)
			for cut := 0; cut < len(f.Data); cut += step {
				wellFormed(t, f.Data[:cut])
				wellFormed(t, append(append([]byte{}, f.Data[:cut]...), f.Data[min(cut+7, len(f.Data)):]...))
			}
		}
	}
}

func FuzzLoad(f *testing.F) {
	for _, files := range corpusCases(f) {
		for _, file := range files {
			f.Add(file.Data)
		}
	}
	_, blocks := specification(f)
	for _, b := range blocks {
		f.Add([]byte(source(blocks, b)))
	}
	f.Fuzz(func(t *testing.T, data []byte) { wellFormed(t, data) })
}
