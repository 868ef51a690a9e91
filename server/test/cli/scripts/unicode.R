x <- "日本語 ✓ é e\u0301 👨‍👩‍👧 \U1F600"
x
nchar(x)
cat(x, "\n")
print(c(a = "ä", `日` = "本"))
writeLines(c("\u00fcber", "\t tab"))
cat("no newline")
cat("\rcarriage\rreturn\n")
cat("\033[31mred\033[0m\n")
cat("bell\a back\bspace\n")
data.frame(`名前` = c("太郎", "花子"), check.names = FALSE)
strsplit("a,b,c", ",")
`my var` <- 1; `my var`
"\xe9"
cat("\xe9\n")
message("Grüße")
