package s3share

import (
	"bytes"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-log/tflogtest"
)

func TestProgressIsToldInSteps(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	ctx := tflogtest.RootLogger(t.Context(), &log)
	var p progress
	for range 120 {
		p.count(ctx, created)
	}
	for range progressStep - 1 {
		p.count(ctx, destroyed)
	}
	lines, err := tflogtest.MultilineJSONDecode(&log)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, line := range lines {
		level, _ := line["@level"].(string)
		message, _ := line["@message"].(string)
		told = append(told, level+" "+message)
	}
	if got := strings.Join(told, ", "); got != "info 50 shares created, info 100 shares created" {
		t.Errorf("told %s", got)
	}
}
