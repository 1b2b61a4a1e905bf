# Class shares of the evaluated pixels, Cityscapes (rendered stand-in). Run in this folder: gnuplot cityscapes-shares.gp
reset
set encoding utf8
set terminal pngcairo size 1100,560 noenhanced fontscale 0.75 font 'sans-serif,16' background rgb 'white'
set output 'cityscapes-shares.png'
set border 3 lc rgb '#555555'
set tics nomirror out scale 0.6
set format '%g'
set grid lc rgb '#E4E4E4' lt 1
unset key
set title 'Class shares of the evaluated pixels, Cityscapes (rendered stand-in)' font 'sans-serif,20'
set logscale y
set ylabel 'percent of pixels'
set boxwidth 0.7
set style fill solid
set xrange [-0.6:19.0-0.4]
set yrange [0.01:100]
set xtics rotate by 40 right ('road' 0, 'building' 1, 'vegetation' 2, 'car' 3, 'sidewalk' 4, 'sky' 5, 'pole' 6, 'person' 7, 'terrain' 8, 'fence' 9, 'traffic sign' 10, 'wall' 11, 'bicycle' 12, 'truck' 13, 'traffic light' 14, 'bus' 15, 'rider' 16, 'motorcycle' 17, 'train' 18)
plot 'cityscapes-shares.dat' using 1:2:3 with boxes lc rgb variable
unset output
