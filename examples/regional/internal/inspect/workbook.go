package inspect

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/pinjian/pinjian/examples/regional/internal/world"
)

// Fill types the answers of a sheet into its workbook, as an inspector without a network does.
func Fill(r io.Reader, s Sheet, planted []world.Planting) ([]byte, error) {
	f, err := excelize.OpenReader(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	at := map[string]string{} // "page!cell" by what it is about
	free := map[string]int{}
	for _, page := range f.GetSheetList() {
		rows, err := f.GetRows(page)
		if err != nil {
			return nil, err
		}
		if len(rows) == 0 || len(rows[0]) == 0 {
			continue
		}
		for i, row := range rows {
			if len(row) == 0 || i == 0 {
				continue
			}
			key := row[0]
			if strings.HasSuffix(key, `,""]`) { // one of the rows for units that are found on the spot
				free[key]++
				key = fmt.Sprintf("%s %d", key, free[key])
			}
			for j, column := range rows[0] {
				cell, err := excelize.CoordinatesToCellName(j+1, i+1)
				if err != nil {
					return nil, err
				}
				at[key+" "+column] = page + "!" + cell
			}
		}
	}
	put := func(value any, column string, key ...string) error {
		name, err := json.Marshal(key)
		if err != nil {
			return err
		}
		place := at[string(name)+" "+column]
		if n, ok := strings.CutPrefix(key[len(key)-1], "现场"); ok && len(key) == 3 {
			if name, err = json.Marshal([]string{key[0], key[1], ""}); err != nil {
				return err
			}
			place = at[fmt.Sprintf("%s %s %s", name, n, column)]
		}
		page, cell, ok := strings.Cut(place, "!")
		if !ok {
			return fmt.Errorf("the workbook has no cell for %s %s", name, column)
		}
		return f.SetCellValue(page, cell, typed(value))
	}
	for _, a := range Answers(s, planted) {
		subject := a.Unit == ""
		if strings.HasPrefix(a.Unit, "现场") {
			if err := put(a.Unit, "unit", a.Part, a.Period, a.Unit); err != nil {
				return nil, err
			}
		}
		for _, name := range sortedKeys(a.Answers) {
			if subject {
				err = put(a.Answers[name], "answer", a.Part, a.Period, "", name)
			} else {
				err = put(a.Answers[name], "ask:"+name, a.Part, a.Period, a.Unit)
			}
			if err != nil {
				return nil, err
			}
		}
		if a.Remark != "" && !subject {
			if err := put(a.Remark, "remark", a.Part, a.Period, a.Unit); err != nil {
				return nil, err
			}
		}
	}
	for key, place := range at {
		if page, cell, _ := strings.Cut(place, "!"); strings.HasPrefix(key, "closes ") && strings.HasSuffix(key, " value") {
			if err := f.SetCellValue(page, cell, "是"); err != nil {
				return nil, err
			}
		}
	}
	var b bytes.Buffer
	err = f.Write(&b)
	return b.Bytes(), err
}

// typed is an answer as somebody types it.
func typed(value any) any {
	switch v := value.(type) {
	case nil:
		return "（无）"
	case bool:
		if v {
			return "是"
		}
		return "否"
	case []string:
		if len(v) == 0 {
			return "（都没有）"
		}
		return strings.Join(v, "、")
	case map[string]any:
		return fmt.Sprint(v["name"], " ", v["sha256"])
	}
	return value
}
