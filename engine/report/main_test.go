package report_test

import (
	"os"
	"testing"

	"github.com/pinjian/pinjian/internal/rapidtest"
)

func TestMain(m *testing.M) { os.Exit(rapidtest.Main(m)) }
