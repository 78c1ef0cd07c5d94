package lintreport_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/checklang/diagnostic"
	"github.com/pinjian/pinjian/checklang/token"
	"github.com/pinjian/pinjian/internal/lintreport"
)

// sample has a mistake with everything, a warning in another file, whose text
// holds what XML can't, and one that stands nowhere.
func sample() diagnostic.List {
	a := token.NewFile("单 子/a.chk", "语言 1\n检查项 x\n")
	b := token.NewFile("b.chk", "x\n")
	at := token.Range{Start: 9, End: 18}.In(a)
	full := diagnostic.New(diagnostic.MisspeltName, at, "检查", "检查项").
		WithRelated(token.Range{Start: 0, End: 6}.In(a), diagnostic.Words{ZH: "这里", EN: "here"}).
		WithFix(diagnostic.Words{ZH: "改", EN: "mend"}, diagnostic.Edit{Span: at, New: "检查项"}, diagnostic.Edit{Span: token.Range{Start: 0, End: 1}.In(b), New: "y"})
	return diagnostic.List{full, diagnostic.New(diagnostic.ConfusableLetter, token.Range{Start: 0, End: 1}.In(b), "a\x00\x1b", "<&>"), diagnostic.New(diagnostic.NoStandard, token.Span{}, "x")}
}

func TestSARIF(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	require.NoError(t, lintreport.WriteSARIF(&b, token.Chinese, sample()))
	var log struct {
		Version string
		Runs    []struct {
			Tool struct {
				Driver struct{ Rules []struct{ ID string } }
			}
			Results []struct {
				RuleID    string
				RuleIndex int
				Locations []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI string }
						Region           struct{ StartLine, StartColumn, EndLine, EndColumn int }
					}
				}
				RelatedLocations []struct{ Message struct{ Text string } }
				Fixes            []struct {
					ArtifactChanges []struct{ Replacements []any }
				}
			}
		}
	}
	require.NoError(t, json.Unmarshal(b.Bytes(), &log))
	run := log.Runs[0]
	require.Len(t, run.Results, 3)
	for _, r := range run.Results {
		assert.Equal(t, r.RuleID, run.Tool.Driver.Rules[r.RuleIndex].ID)
	}
	first := run.Results[0]
	place := first.Locations[0].PhysicalLocation
	assert.Equal(t, "%E5%8D%95%20%E5%AD%90/a.chk", place.ArtifactLocation.URI)
	assert.Equal(t, [4]int{2, 1, 2, 4}, [4]int{place.Region.StartLine, place.Region.StartColumn, place.Region.EndLine, place.Region.EndColumn}, "columns count characters")
	assert.Equal(t, "这里", first.RelatedLocations[0].Message.Text)
	assert.Len(t, first.Fixes[0].ArtifactChanges, 2, "one change for each file")
	assert.Empty(t, run.Results[2].Locations, "nowhere")
	assert.NotContains(t, b.String(), "{0}")
}

func TestJUnit(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	require.NoError(t, lintreport.WriteJUnit(&b, token.English, []string{"clean.chk", "b.chk"}, sample()))
	var out struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Suites   []struct {
			Name  string `xml:"name,attr"`
			Cases []struct {
				Failure *struct {
					Message string `xml:"message,attr"`
				} `xml:"failure"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	require.NoError(t, xml.Unmarshal(b.Bytes(), &out))
	assert.Equal(t, [2]int{4, 3}, [2]int{out.Tests, out.Failures})
	var names []string
	for _, s := range out.Suites {
		names = append(names, s.Name)
		assert.Equal(t, s.Name == "clean.chk", s.Cases[0].Failure == nil, s.Name)
	}
	assert.Equal(t, []string{"-", "b.chk", "clean.chk", "单 子/a.chk"}, names)
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestWriterErrors(t *testing.T) {
	t.Parallel()
	assert.ErrorContains(t, lintreport.WriteSARIF(brokenWriter{}, token.English, sample()), "disk full")
	assert.ErrorContains(t, lintreport.WriteJUnit(brokenWriter{}, token.English, nil, sample()), "disk full")
}

func TestJUnitOfRuleTests(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	require.NoError(t, lintreport.WriteTests(&b, []lintreport.Suite{
		{Name: "a", Cases: []lintreport.Case{{Class: "a.chk:3:1", Name: "1 <x>"}, {Class: "a.chk:9:1", Name: "2", Failures: []string{"one & \x1b", "two"}}}},
		{Name: "b"},
	}))
	var all struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Suites   []struct {
			Name  string `xml:"name,attr"`
			Tests int    `xml:"tests,attr"`
			Cases []struct {
				Name    string `xml:"name,attr"`
				Failure *struct {
					Message string `xml:"message,attr"`
					Text    string `xml:",chardata"`
				} `xml:"failure"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	require.NoError(t, xml.Unmarshal(b.Bytes(), &all), b.String())
	assert.Equal(t, []int{2, 1, 2, 2, 0}, []int{all.Tests, all.Failures, len(all.Suites), all.Suites[0].Tests, all.Suites[1].Tests})
	assert.Equal(t, "1 <x>", all.Suites[0].Cases[0].Name)
	assert.Nil(t, all.Suites[0].Cases[0].Failure)
	require.NotNil(t, all.Suites[0].Cases[1].Failure)
	assert.Equal(t, "one & \ufffd", all.Suites[0].Cases[1].Failure.Message)
	assert.Contains(t, all.Suites[0].Cases[1].Failure.Text, "two")
}
