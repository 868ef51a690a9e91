for (step in 1:4) {
  cat("step", step, "\n")
  Sys.sleep(0.2)
}
plot(1:10, main = "From a job")
answer <- 6 * 7
write.csv(data.frame(answer), "answer.csv")
