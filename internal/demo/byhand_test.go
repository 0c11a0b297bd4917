package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEdited(t *testing.T) {
	t.Parallel()
	const text = `{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Deny"},{"Sid":"B","Effect":"Deny"}]}`
	allow := func(sid string) func(map[string]any) bool {
		return func(statement map[string]any) bool {
			if statement["Sid"] != sid {
				return false
			}
			statement["Effect"] = "Allow"
			return true
		}
	}
	got, err := edited(text, allow("B"))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Sid":"A"},{"Effect":"Allow","Sid":"B"}]}`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("document (-want +got):\n%s", diff)
	}
	if _, err := edited(text, allow("C")); err == nil || !strings.Contains(err.Error(), "no statement to change") {
		t.Errorf("error is %v", err)
	}
}

func TestPoliciesAreCompared(t *testing.T) {
	t.Parallel()
	const one = `{"Statement":[{"Sid":"A","Effect":"Allow","Action":"s3:GetObject"}]}`
	const two = `{"Statement":[{"Sid":"B","Effect":"Allow","Action":"s3:GetObject"},{"Sid":"A","Effect":"Allow","Action":"s3:GetObject"}]}`
	const other = `{"Statement":[{"Sid":"A","Effect":"Allow","Action":["s3:GetObject"]}]}`
	if err := keeps(one, two); err != nil {
		t.Error(err)
	}
	if keeps(two, one) == nil {
		t.Error("statement B is lost")
	}
	if keeps(one, other) == nil {
		t.Error("statement A is written differently")
	}
	if err := sameDocument(one, other); err != nil {
		t.Errorf("a list of one means the same: %v", err)
	}
	if sameDocument(one, two) == nil {
		t.Error("there is a statement more")
	}
}
