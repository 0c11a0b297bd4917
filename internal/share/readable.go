package share

import (
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

// StatementList renders statements as a JSON list, for whoever writes the bucket policy.
func StatementList(statements []policy.Statement) string {
	raws := make([]string, 0, len(statements))
	for _, statement := range statements {
		raws = append(raws, statement.JSON())
	}
	return "[" + strings.Join(raws, ",") + "]"
}

// SameTags compares tags as IAM does for roles: keys without case, values with it (IAM User Guide, "Tags for IAM
// resources").
func SameTags(a, b map[string]string) bool {
	if len(a) != len(b) {
		return false
	}
	folded := make(map[string]string, len(a))
	for key, value := range a {
		folded[strings.ToLower(key)] = value
	}
	for key, value := range b {
		if known, there := folded[strings.ToLower(key)]; !there || known != value {
			return false
		}
	}
	return true
}
