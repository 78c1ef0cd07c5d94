package xlsx

import (
	"context"
	"encoding/xml"
	"io"
	"path"
	"strconv"
	"strings"
	"unicode/utf8"
)

// content says what a cell holds.
type content uint8

const (
	nothing content = iota
	textual
	numeric
	logical
	formula
	failed // an error such as #N/A
	dated  // an ISO date, which few programs write
)

// shown says how a number is shown, and so what was meant by it.
type shown uint8

const (
	asNumber shown = iota
	asDate
	asElapsed
)

// cell is one cell that holds something.
type cell struct {
	content content
	text    string // of a number, as it is written in the file
	shown   shown
}

type place struct{ row, column int }

type area struct{ from, to place }

func (a area) has(p place) bool {
	return a.from.row <= p.row && p.row <= a.to.row && a.from.column <= p.column && p.column <= a.to.column
}

// grid is one worksheet.
type grid struct {
	name   string
	cells  map[place]cell
	places []place // of cells, in the order of the file
	merged []area
}

// workbook is a whole file that has been read.
type workbook struct {
	grids []*grid
	since int // the year that dates are counted from, 1900 or 1904
}

type workbookReader struct {
	*container
	shared []string
	styles []shown
	count  int // of cells in all
	out    *workbook
}

// readWorkbook reads all worksheets of a file.
func readWorkbook(ctx context.Context, name string, r io.Reader) (*workbook, error) {
	c, err := openContainer(ctx, name, r)
	if err != nil {
		return nil, err
	}
	w := &workbookReader{container: c, out: &workbook{since: 1900}}
	root, err := c.relations("_rels/.rels")
	if err != nil {
		return nil, err
	}
	main := root["type:officeDocument"]
	if main == "" {
		return nil, notAWorkbook(name)
	}
	related, err := c.relations(path.Join(path.Dir(main), "_rels", path.Base(main)+".rels"))
	if err != nil {
		return nil, err
	}
	if file := related["type:sharedStrings"]; file != "" {
		if err := w.texts(file); err != nil {
			return nil, err
		}
	}
	if file := related["type:styles"]; file != "" {
		if err := w.formats(file); err != nil {
			return nil, err
		}
	}
	type sheet struct{ name, file string }
	var sheets []sheet
	err = c.scan(main, func(e xml.StartElement, _ int) error {
		switch e.Name.Local {
		case "workbookPr":
			if on := attribute(e, "date1904"); on == "1" || on == "true" {
				w.out.since = 1904
			}
		case "sheet":
			for _, a := range e.Attr {
				// The attribute's prefix is bound to relationships; id itself is sheetId.
				if a.Name.Local == "id" && related[a.Value] != "" {
					sheets = append(sheets, sheet{attribute(e, "name"), related[a.Value]})
				}
			}
		}
		return nil
	}, nil, nil)
	if err != nil {
		return nil, err
	}
	for _, s := range sheets {
		if err := w.grid(s.name, s.file); err != nil {
			return nil, err
		}
	}
	return w.out, nil
}

// texts reads the table of shared texts.
func (w *workbookReader) texts(file string) error {
	var item strings.Builder
	inText, phonetic := false, false
	return w.scan(file, func(e xml.StartElement, _ int) error {
		switch e.Name.Local {
		case "si":
			if len(w.shared) >= maxCells {
				return refused("工作簿的文字太多，不予读取", "the workbook holds too many texts and is not read")
			}
			item.Reset()
		case "rPh":
			phonetic = true
		case "t":
			inText = !phonetic
		}
		return nil
	}, func(s string) {
		if inText {
			item.WriteString(s)
		}
	}, func(local string, _ int) {
		switch local {
		case "si":
			w.shared = append(w.shared, unescape(item.String()))
		case "rPh":
			phonetic = false
		case "t":
			inText = false
		}
	})
}

// unescape turns _x000D_ into what it stands for.
func unescape(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	return escapedUnit.ReplaceAllStringFunc(s, func(e string) string {
		n, err := strconv.ParseUint(e[2:6], 16, 32)
		if err != nil || n >= 0xD800 && n < 0xE000 {
			return e
		}
		return string(rune(n))
	})
}

// formats reads how each style shows a number.
func (w *workbookReader) formats(file string) error {
	codes := map[string]string{}
	inCells := false
	return w.scan(file, func(e xml.StartElement, _ int) error {
		switch e.Name.Local {
		case "numFmt":
			codes[attribute(e, "numFmtId")] = attribute(e, "formatCode")
		case "cellXfs":
			inCells = true
		case "xf":
			if inCells && len(w.styles) < 1<<17 {
				id := attribute(e, "numFmtId")
				w.styles = append(w.styles, formatOf(id, codes[id]))
			}
		}
		return nil
	}, nil, func(local string, _ int) {
		if local == "cellXfs" {
			inCells = false
		}
	})
}

// formatOf says what a number format shows, by its number where that is one of
// those every program knows, by its letters otherwise.
func formatOf(id, code string) shown {
	if code == "" {
		n, err := strconv.Atoi(id)
		switch {
		case err != nil:
			return asNumber
		case n == 46:
			return asElapsed
		case n >= 14 && n <= 22, n >= 27 && n <= 36, n == 45, n == 47, n >= 50 && n <= 58:
			return asDate
		}
		return asNumber
	}
	if code = strings.ToLower(code); code == "general" || code == "standard" {
		return asNumber
	}
	for i := 0; i < len(code); i++ {
		switch code[i] {
		case '"':
			end := strings.IndexByte(code[i+1:], '"')
			if end < 0 {
				return asNumber
			}
			i += end + 1
		case '\\', '_', '*':
			i++
		case '[':
			end := strings.IndexByte(code[i:], ']')
			if end < 0 {
				return asNumber
			}
			if inner := code[i+1 : i+end]; inner != "" && (strings.Trim(inner, "h") == "" || strings.Trim(inner, "m") == "" || strings.Trim(inner, "s") == "") {
				return asElapsed
			}
			i += end
		case 'y', 'm', 'd', 'h', 's':
			return asDate
		case ';':
			return asNumber
		}
	}
	return asNumber
}

// gridReader reads one worksheet.
type gridReader struct {
	*workbookReader
	*grid
	at         place
	next       place // where a cell without an address stands
	kind       string
	style      int
	value      strings.Builder
	hasFormula bool
	formula    strings.Builder
	inFormula  bool
	inValue    bool
	inCell     bool
	phonetic   bool
}

func (w *workbookReader) grid(name, file string) error {
	g := &gridReader{workbookReader: w, grid: &grid{name: name, cells: map[place]cell{}}, next: place{row: 0, column: 1}}
	if err := w.scan(file, g.open, func(s string) {
		switch {
		case g.inValue:
			g.value.WriteString(s)
		case g.inFormula && g.formula.Len() < 16: // longer ones are refused whatever they say
			g.formula.WriteString(s)
		}
	}, g.close); err != nil {
		return err
	}
	w.out.grids = append(w.out.grids, g.grid)
	return nil
}

func (g *gridReader) open(e xml.StartElement, _ int) error {
	switch e.Name.Local {
	case "row":
		g.next = place{row: g.next.row + 1, column: 1}
		if n, err := strconv.Atoi(attribute(e, "r")); err == nil {
			g.next.row = n
		}
		if g.next.row < 1 || g.next.row > maxRow {
			return notAWorkbook(g.container.name)
		}
	case "c":
		if g.count >= maxCells {
			return refused("工作簿填了字的格超过 %d 个，不予读取", "the workbook has more than %d cells with something in them and is not read", maxCells)
		}
		g.at = g.next
		if r := attribute(e, "r"); r != "" {
			column, row, ok := reference(r)
			if !ok {
				return notAWorkbook(g.container.name)
			}
			g.at = place{row, column}
		}
		if g.at.row < 1 || g.at.column > maxColumn {
			return notAWorkbook(g.container.name)
		}
		g.next = place{g.at.row, g.at.column + 1}
		g.kind, g.hasFormula, g.inCell = attribute(e, "t"), false, true
		g.style, _ = strconv.Atoi(attribute(e, "s"))
		g.value.Reset()
		g.formula.Reset()
	case "f":
		g.hasFormula, g.inFormula = g.inCell, g.inCell
	case "rPh":
		g.phonetic = true
	case "v", "t":
		g.inValue = g.inCell && !g.phonetic
	case "mergeCell":
		from, to, _ := strings.Cut(attribute(e, "ref"), ":")
		c1, r1, ok1 := reference(from)
		c2, r2, ok2 := reference(to)
		if len(g.merged) >= maxMerged {
			return refused("工作表“%s”合并的单元格超过 %d 处，请拆开", "the worksheet %q has more than %d joined areas, take them apart", g.grid.name, maxMerged)
		}
		if ok1 && ok2 {
			g.merged = append(g.merged, area{place{r1, c1}, place{r2, c2}})
		}
	}
	return nil
}

func (g *gridReader) close(local string, _ int) {
	switch local {
	case "v", "t":
		g.inValue = false
	case "f":
		g.inFormula = false
	case "rPh":
		g.phonetic = false
	case "c":
		g.inCell = false
		if c := g.cell(); c.content != nothing {
			g.count++
			if _, twice := g.cells[g.at]; !twice {
				g.places = append(g.places, g.at)
			}
			g.cells[g.at] = c
		}
	}
}

func (g *gridReader) cell() cell {
	value := g.value.String()
	if g.hasFormula {
		// LibreOffice writes a yes or no that was typed as a function.
		switch strings.ToUpper(strings.TrimSpace(g.formula.String())) {
		case "TRUE()", "TRUE":
			return cell{content: logical, text: "1"}
		case "FALSE()", "FALSE":
			return cell{content: logical, text: "0"}
		}
		return cell{content: formula, text: value}
	}
	switch g.kind {
	case "s":
		n, err := strconv.Atoi(strings.TrimSpace(value))
		if err != nil || n < 0 || n >= len(g.shared) {
			return cell{}
		}
		return textCell(g.shared[n])
	case "inlineStr", "str":
		return textCell(unescape(value))
	case "b":
		return cell{content: logical, text: strings.TrimSpace(value)}
	case "e":
		return cell{content: failed, text: value}
	case "d":
		return cell{content: dated, text: strings.TrimSpace(value)}
	}
	if value = strings.TrimSpace(value); value == "" {
		return cell{}
	}
	c := cell{content: numeric, text: value}
	if g.style >= 0 && g.style < len(g.styles) {
		c.shown = g.styles[g.style]
	}
	return c
}

func textCell(s string) cell {
	switch {
	case strings.TrimSpace(s) == "":
		return cell{}
	case len(s) > 4*maxText || !utf8.ValidString(s): // more than a cell can hold
		return cell{content: failed, text: "?"}
	}
	return cell{content: textual, text: s}
}
