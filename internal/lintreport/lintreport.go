// Package lintreport writes diagnostics and the results of rule tests in the formats that code hosts and
// continuous integration read: SARIF 2.1.0 and JUnit XML.
package lintreport

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"github.com/pinjian/pinjian/checklang/diagnostic"
	"github.com/pinjian/pinjian/checklang/token"
)

type text struct {
	Text string `json:"text"`
}

type rule struct {
	ID            string `json:"id"`
	Name          string `json:"name"`
	Short         text   `json:"shortDescription"`
	Help          *text  `json:"help,omitempty"`
	Configuration struct {
		Level string `json:"level"`
	} `json:"defaultConfiguration"`
}

type artifact struct {
	URI string `json:"uri"`
}

type region struct {
	StartLine   int `json:"startLine"`
	StartColumn int `json:"startColumn"`
	EndLine     int `json:"endLine"`
	EndColumn   int `json:"endColumn"`
}

type location struct {
	Physical struct {
		Artifact artifact `json:"artifactLocation"`
		Region   region   `json:"region"`
	} `json:"physicalLocation"`
	Message *text `json:"message,omitempty"`
}

type replacement struct {
	Deleted  region `json:"deletedRegion"`
	Inserted text   `json:"insertedContent"`
}

type change struct {
	Artifact     artifact      `json:"artifactLocation"`
	Replacements []replacement `json:"replacements"`
}

type fix struct {
	Description text     `json:"description"`
	Changes     []change `json:"artifactChanges"`
}

type result struct {
	RuleID    string     `json:"ruleId"`
	RuleIndex int        `json:"ruleIndex"`
	Level     string     `json:"level"`
	Message   text       `json:"message"`
	Locations []location `json:"locations,omitempty"`
	Related   []location `json:"relatedLocations,omitempty"`
	Fixes     []fix      `json:"fixes,omitempty"`
}

type log struct {
	Schema  string `json:"$schema"`
	Version string `json:"version"`
	Runs    []run  `json:"runs"`
}

type run struct {
	Tool struct {
		Driver struct {
			Name  string `json:"name"`
			Rules []rule `json:"rules"`
		} `json:"driver"`
	} `json:"tool"`
	ColumnKind string   `json:"columnKind"`
	Results    []result `json:"results"`
}

// WriteSARIF writes the list as one run of a SARIF 2.1.0 log, with messages in
// one language, the rules that the list uses, related places and fixes. The
// error is the first one of w.
func WriteSARIF(w io.Writer, l token.Lang, list diagnostic.List) error {
	r := run{ColumnKind: "unicodeCodePoints", Results: []result{}}
	r.Tool.Driver.Name = "chk"
	r.Tool.Driver.Rules = []rule{}
	var codes []diagnostic.Code
	for _, d := range list {
		codes = append(codes, d.Code)
	}
	slices.Sort(codes)
	codes = slices.Compact(codes)
	for _, c := range codes {
		e, _ := diagnostic.Lookup(c)
		out := rule{ID: string(c), Name: e.Name, Short: text{Blanks(e.Message.In(l))}}
		if help := e.Help.In(l); help != "" {
			out.Help = &text{Blanks(help)}
		}
		out.Configuration.Level = e.Severity.String()
		r.Tool.Driver.Rules = append(r.Tool.Driver.Rules, out)
	}
	for _, d := range list {
		message := d.Message(l)
		if help := d.Help(l); help != "" {
			message += "\n" + help
		}
		out := result{RuleID: string(d.Code), RuleIndex: slices.Index(codes, d.Code), Level: d.Severity.String(), Message: text{message}}
		if d.Span.IsValid() {
			out.Locations = []location{locate(d.Span)}
		}
		for _, related := range d.Related {
			at := locate(related.Span)
			at.Message = &text{related.Note.In(l)}
			out.Related = append(out.Related, at)
		}
		for _, f := range d.Fixes {
			out.Fixes = append(out.Fixes, fixOf(l, f))
		}
		r.Results = append(r.Results, out)
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(log{Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []run{r}})
}

// Blanks puts an ellipsis where a diagnostic fills its arguments into the
// wording of a code.
func Blanks(wording string) string {
	for n := range 10 {
		wording = strings.ReplaceAll(wording, fmt.Sprintf("{%d}", n), "…")
	}
	return wording
}

func fixOf(l token.Lang, f diagnostic.Fix) fix {
	out := fix{Description: text{f.Title.In(l)}, Changes: []change{}}
	for _, e := range f.Edits {
		file := uri(e.Span)
		at := slices.IndexFunc(out.Changes, func(c change) bool { return c.Artifact == file })
		if at < 0 {
			at = len(out.Changes)
			out.Changes = append(out.Changes, change{Artifact: file})
		}
		out.Changes[at].Replacements = append(out.Changes[at].Replacements, replacement{regionOf(e.Span), text{e.New}})
	}
	return out
}

func locate(s token.Span) location {
	var out location
	out.Physical.Artifact, out.Physical.Region = uri(s), regionOf(s)
	return out
}

func uri(s token.Span) artifact {
	if s.File == nil {
		return artifact{}
	}
	return artifact{(&url.URL{Path: s.File.Name()}).EscapedPath()}
}

func regionOf(s token.Span) region {
	from, to := s.From(), s.To()
	return region{from.Line, from.Column, to.Line, to.Column}
}

type suites struct {
	XMLName  xml.Name `xml:"testsuites"`
	Name     string   `xml:"name,attr"`
	Tests    int      `xml:"tests,attr"`
	Failures int      `xml:"failures,attr"`
	Suites   []suite  `xml:"testsuite"`
}

type suite struct {
	Name     string `xml:"name,attr"`
	Tests    int    `xml:"tests,attr"`
	Failures int    `xml:"failures,attr"`
	Cases    []test `xml:"testcase"`
}

type test struct {
	Class   string   `xml:"classname,attr"`
	Name    string   `xml:"name,attr"`
	Failure *failure `xml:"failure"`
}

type failure struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

// WriteJUnit writes a suite for each of the files and each file that the list
// names: a failed case for each diagnostic, warnings included, and a passed
// one for a file without any. The error is the first one of w.
func WriteJUnit(w io.Writer, l token.Lang, files []string, list diagnostic.List) error {
	names := slices.Clone(files)
	byFile := map[string]diagnostic.List{}
	for _, d := range list {
		name := "-"
		if d.Span.IsValid() {
			name = d.Span.File.Name()
		}
		byFile[name] = append(byFile[name], d)
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	all := suites{Name: "chk vet"}
	for _, name := range slices.Compact(names) {
		s := suite{Name: name, Failures: len(byFile[name])}
		for _, d := range byFile[name] {
			var body strings.Builder
			if err := diagnostic.Render(&body, l, diagnostic.List{d}); err != nil {
				return fmt.Errorf("rendering %s: %w", d.Code, err)
			}
			at := d.Span.From()
			s.Cases = append(s.Cases, test{Class: name, Name: fmt.Sprintf("%s %d:%d", d.Code, at.Line, at.Column), Failure: &failure{d.Message(l), d.Severity.String(), body.String()}})
		}
		if len(s.Cases) == 0 {
			s.Cases = []test{{Class: name, Name: "vet"}}
		}
		s.Tests = len(s.Cases)
		all.Tests += s.Tests
		all.Failures += s.Failures
		all.Suites = append(all.Suites, s)
	}
	return all.write(w)
}

// Case is a test that ran: Class is the place of its text, Failures say what
// was expected and what came out; a test without any passed.
type Case struct {
	Class, Name string
	Failures    []string
}

// Suite is the tests of one standard.
type Suite struct {
	Name  string
	Cases []Case
}

// WriteTests writes the results of rule tests as JUnit XML: a suite for every
// standard in the order given, a case for every test. The error is the first
// one of w.
func WriteTests(w io.Writer, standards []Suite) error {
	all := suites{Name: "chk test"}
	for _, of := range standards {
		s := suite{Name: of.Name, Tests: len(of.Cases)}
		for _, c := range of.Cases {
			out := test{Class: c.Class, Name: c.Name}
			if len(c.Failures) > 0 {
				s.Failures++
				out.Failure = &failure{c.Failures[0], "mismatch", strings.Join(c.Failures, "\n")}
			}
			s.Cases = append(s.Cases, out)
		}
		all.Tests += s.Tests
		all.Failures += s.Failures
		all.Suites = append(all.Suites, s)
	}
	return all.write(w)
}

func (all suites) write(w io.Writer) error {
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return fmt.Errorf("writing JUnit: %w", err)
	}
	encoder := xml.NewEncoder(w)
	encoder.Indent("", "  ")
	if err := encoder.Encode(all); err != nil {
		return fmt.Errorf("writing JUnit: %w", err)
	}
	_, err := io.WriteString(w, "\n")
	return err
}
